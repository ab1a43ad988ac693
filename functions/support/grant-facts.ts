import type { SupportGrant } from "./support-grant.ts";

/** What the events of a grant say: the second is its end. */
export const factOf = (
  { id, storeId, livemode, version, keyId, endsAt }: SupportGrant,
  occurredAt: number,
) => ({
  storeId,
  livemode,
  subject: id,
  version,
  occurredAt,
  data: { grantId: id, keyId, endsAt },
});
