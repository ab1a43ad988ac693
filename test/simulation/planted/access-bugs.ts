import { type Bug, bug } from "./bug.ts";

/** Mistakes with what may sell and what opens something. */
export const accessBugs: readonly Bug[] = [
  bug(
    "a session begun without a look at the fence",
    "checkout/create-checkout.ts",
    "    stillSells(store.id, id),\n",
    "",
  ),
  bug(
    "a store sells on by a domain that ended",
    "domain/end-domain.ts",
    "store.verifiedDomains.filter((host) => host !== after.host);",
    'store.verifiedDomains.filter((host) => host !== after.host || host !== "");',
  ),
  bug(
    "a key rolled without an overlap only expires",
    "access/roll-license-key.ts",
    "if (overlapSeconds === 0) return",
    "if (overlapSeconds < 0) return",
  ),
  bug(
    "an access of support ends but for its key",
    "support/end-grants.ts",
    "? [revokedKey(keyId, now)] : []),",
    "? [] : []),",
  ),
];
