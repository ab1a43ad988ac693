import { resumedKeys } from "#functions/access/stopped-key.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { walkTime } from "#functions/operator/limits.ts";
import { type StandStore, type StandsStores, standStore } from "./stand-store.ts";
import { type Turn, type TurnsKeys, turnKeys } from "./turn-keys.ts";

export type ResumesStores = StandsStores & TurnsKeys;

const resuming: Turn = {
  concerns: ({ storeStoppedAt }) => storeStoppedAt !== undefined,
  writes: resumedKeys,
};

/** A suspended store goes on, and its keys open what they did; those that were revoked or have expired stay so. */
export const resumeStore =
  (on: ResumesStores) =>
  async (command: StandStore, actor: Actor): Promise<object> => {
    const { storeId, cursor } = command;
    await standStore(on, "active")(command, actor);
    const from = { storeId, after: cursor?.afterKey, until: on.now() + walkTime };
    const { count, rest } = await turnKeys(on, resuming, from);
    return { done: rest === undefined, part: { keysResumed: count }, ...(rest && { cursor: rest }) };
  };
