import type { Store } from "#functions/store/store.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Claim, isAnothers } from "./claim.ts";
import type { DomainStore } from "./domain.store.ts";

/** The claim that a store may have by a word alone: whoever vouches may not take a domain from another live store. */
export const freeClaim = async (
  on: { domains: Pick<DomainStore, "claim"> },
  { id, livemode }: Pick<Store, "id" | "livemode">,
  host: string,
): Promise<Claim | undefined> => {
  const claim = await on.domains.claim(host);
  if (livemode && isAnothers(claim, id))
    throw new Refusal("conflict", `${host} speaks for another live store; remove it there first.`);
  return claim;
};
