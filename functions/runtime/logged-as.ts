import type { Caller } from "#functions/values/caller.ts";
import { type ApiEvent, callerOf } from "./api-event.ts";
import type { LogFields } from "./logger.ts";
import type { RequestFacts } from "./route.ts";

/** What the log calls a request: its route, not its path, and who asked by the key's public id. */
export const loggedAs = (event: ApiEvent, { requestId }: RequestFacts): LogFields => {
  const { keyId, principalId, storeId } = knownIn(event) ?? {};
  const route = `${event.httpMethod} ${event.resource ?? ""}`;
  return { requestId, route, ...(keyId && { keyId, principalId, storeId }) };
};

/** A fault is being told, maybe: then nothing may fail, what the authorizer wrote included. */
const knownIn = (event: ApiEvent): Caller | undefined => {
  try {
    return callerOf(event);
  } catch {
    return undefined;
  }
};
