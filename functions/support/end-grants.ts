import { supportEnded } from "#events/support-ended.ts";
import { type LicenseKeyStore, revokedKey } from "#functions/access/license-key.store.ts";
import { type By, recordOf } from "#functions/access/record-act.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { factOf } from "./grant-facts.ts";
import { listGrants, savedGrant } from "./support-grant.store.ts";
import { ended, type SupportGrant } from "./support-grant.ts";

export type EndsSupport = { table: Table; keys: Pick<LicenseKeyStore, "get">; now: Clock };
type Ending = { before: SupportGrant; after: SupportGrant; by: By; now: Instant };

/** Its key is all that was shared: no route that support may call shows a secret. */
export const ending = async (
  on: Pick<EndsSupport, "keys">,
  { before, after, by, now }: Ending,
): Promise<Write[]> => {
  const { id: grantId, storeId, keyId } = after;
  const key = await on.keys.get(keyId);
  return [
    savedGrant(before, after),
    ...(key && key.revokedAt === undefined ? [revokedKey(keyId, now)] : []),
    recordOf(by, { action: "support.ended", storeId, at: now, about: { grantId, keyId } }, grantId),
    recordEvent({ ...factOf(after, now), definition: supportEnded }),
  ];
};

/** All that is active of what is meant, each in a transaction of its own; answers how many. */
export const endAll = async (
  on: EndsSupport,
  { storeId, by }: { storeId: StoreId; by: By },
  isMeant: (grant: SupportGrant) => boolean,
): Promise<number> => {
  const grants = (await listGrants(on.table, storeId)).filter(({ status }) => status === "active");
  const meant = grants.filter(isMeant);
  for (const before of meant) {
    const now = on.now();
    const after = ended(before, "called", now);
    // Lost: somebody else ended it.
    await tryCommit(on.table, await ending(on, { before, after, by, now }));
  }
  return meant.length;
};
