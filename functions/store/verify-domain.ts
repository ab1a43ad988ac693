import { z } from "zod";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Host } from "./domain.ts";
import { createdDomain, type StoreStore, savedStore } from "./store.store.ts";

export const VerifyDomain = z.strictObject({ storeId: StoreId, host: Host });
export type VerifyDomain = z.infer<typeof VerifyDomain>;

export type VerifiesDomains = { stores: StoreStore; table: Pick<Table, "commit">; now: Clock };

/** Whoever runs this vouches that the domain is the store's. Vouching again changes nothing. */
export const verifyDomain =
  (on: VerifiesDomains) =>
  async (command: VerifyDomain): Promise<{ storeId: StoreId; verifiedDomains: string[] }> => {
    const { storeId, host } = command;
    const store = await on.stores.get(storeId);
    if (!store) throw new Refusal("not_found", `There is no store ${storeId}.`);
    const { verifiedDomains } = store;
    if (verifiedDomains.includes(host)) return { storeId, verifiedDomains };
    const now = on.now();
    const after = {
      ...store,
      verifiedDomains: [...verifiedDomains, host],
      version: store.version + 1,
      updatedAt: now,
    };
    const domain = createdDomain(storeId, { host, method: "operator", verifiedAt: now });
    const lost = await tryCommit(on.table, [savedStore(store, after), domain]);
    // Somebody changed the store meanwhile.
    return lost.length > 0 ? verifyDomain(on)(command) : { storeId, verifiedDomains: after.verifiedDomains };
  };
