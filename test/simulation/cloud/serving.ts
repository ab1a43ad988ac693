import { AsyncLocalStorage } from "node:async_hooks";

/** What an invocation was asked for: requests bear their caller and key, steps the ids and the epoch of their run. */
export type Served = {
  /** When it began. */
  readonly since: number;
  readonly storeId: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly epoch: number | undefined;
};

/**
 * Which invocation the code that runs now belongs to. By invocation and not by process: what one request left
 * unfinished may go on while its instance serves the next.
 */
export const serving = new AsyncLocalStorage<Served | undefined>();

export const servedIn = (event: unknown, since: number): Served => {
  const { storeId, epoch, headers, requestContext } = event as {
    storeId?: string;
    epoch?: number;
    headers?: Readonly<Record<string, string>>;
    requestContext?: { authorizer?: { caller?: string } };
  };
  const caller = requestContext?.authorizer?.caller;
  const asked =
    caller === undefined ? undefined : (JSON.parse(caller) as { storeId: string; principalId: string });
  const key = headers?.["Idempotency-Key"];
  return {
    since,
    storeId: asked?.storeId ?? storeId,
    idempotencyKey: asked && key !== undefined ? `${asked.principalId} ${key}` : undefined,
    epoch,
  };
};
