import { z } from "zod";
import { actorOf } from "#functions/audit/audit.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { callersStore } from "#functions/store/get-store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { DomainStore } from "./domain.store.ts";
import { ended } from "./domain.ts";
import { endedWrites } from "./end-domain.ts";
import { callersDomain, type DomainParams } from "./read-domains.ts";

export const RemovedDomain = z.object({ domain: z.string(), removed: z.literal(true) });

type Removes = { table: Table; domains: DomainStore; stores: StoreStore; now: Clock };
type Remove = { caller: Caller; params: DomainParams; request: RequestFacts };

/** No session leans on it any more; another store may prove it. */
export const removeDomain =
  (on: Removes) =>
  async ({ caller, params, request }: Remove): Promise<Answer> => {
    const before = await callersDomain(on.domains, caller, params.domain);
    const [store, claim] = await Promise.all([
      callersStore(on.stores, caller),
      on.domains.claim(before.host),
    ]);
    const after = ended(before, "removed", on.now());
    const act = { actor: actorOf(caller, request), decidedBy: "store:write" } as const;
    const lost = await tryCommit(on.table, endedWrites({ before, after, store, claim }, act));
    if (lost.length > 0)
      throw new Refusal("conflict", "The store or its domain was changed at the same time. Try again.");
    return { status: 200, body: { domain: before.host, removed: true } };
  };
