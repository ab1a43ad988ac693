import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Clock } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type DomainStore, speakingDomain } from "./domain.store.ts";
import { vouched } from "./domain.ts";
import { freeClaim } from "./free-claim.ts";
import { Host } from "./host.ts";
import { actOf, listedDomain } from "./verify-domain.ts";

export const VouchDomain = z.strictObject({ storeId: StoreId, host: Host });
export type VouchDomain = z.infer<typeof VouchDomain>;

export type VouchesDomains = {
  stores: Pick<StoreStore, "get">;
  domains: DomainStore;
  table: Pick<Table, "commit">;
  now: Clock;
};

/** Whoever runs this vouches that the domain is the store's. Vouching again changes nothing. */
export const vouchDomain =
  (on: VouchesDomains) =>
  async (command: VouchDomain, actor: Actor): Promise<{ storeId: StoreId; verifiedDomains: string[] }> => {
    const { storeId, host } = command;
    const store = await on.stores.get(storeId);
    if (!store) throw new Refusal("not_found", `There is no store ${storeId}.`);
    if (store.status === "closed")
      throw new Refusal("conflict", "The store is closed: no domain is its own.");
    const { livemode, verifiedDomains } = store;
    if (verifiedDomains.includes(host)) return { storeId, verifiedDomains };
    const [before, claim] = await Promise.all([on.domains.get(storeId, host), freeClaim(on, store, host)]);
    const after = vouched(before, { storeId, livemode, host }, on.now());
    const lost = await tryCommit(on.table, [
      ...speakingDomain({ before, after, claim }),
      ...listedDomain(store, after),
      recordedAct({ ...actOf(after), actor, decidedBy: "iam" }),
    ]);
    // Somebody changed the store meanwhile.
    return lost.length > 0
      ? vouchDomain(on)(command, actor)
      : { storeId, verifiedDomains: [...verifiedDomains, host] };
  };
