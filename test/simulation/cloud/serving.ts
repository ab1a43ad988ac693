import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Whose request the code that runs now belongs to. By invocation and not by process: what one request left unfinished
 * may go on while its instance serves the next.
 */
export const serving = new AsyncLocalStorage<string | undefined>();
