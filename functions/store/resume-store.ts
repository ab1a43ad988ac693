import type { LicenseKeyStore } from "#functions/access/license-key.store.ts";
import { resumedKey } from "#functions/access/stopped-key.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { type StandStore, type StandsStores, standStore } from "./stand-store.ts";

export type ResumesStores = StandsStores & { keys: Pick<LicenseKeyStore, "list"> };

/** A suspended store goes on, and its keys open what they did; those that were revoked or have expired stay so. */
export const resumeStore =
  (on: ResumesStores) =>
  async (command: StandStore, actor: Actor): Promise<object> => {
    const { storeId } = command;
    await standStore(on, "active")(command, actor);
    const stopped = (await on.keys.list(storeId)).filter((key) => key.storeStoppedAt !== undefined);
    await Promise.all(stopped.map(({ publicId }) => tryCommit(on.table, resumedKey(storeId, publicId))));
    return { done: true, keysResumed: stopped.length };
  };
