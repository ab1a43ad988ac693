import { createHash } from "node:crypto";
import { z } from "zod";
import type { By } from "#functions/access/record-act.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type DomainStore, speakingDomain } from "#functions/domain/domain.store.ts";
import { vouched } from "#functions/domain/domain.ts";
import { freeClaim } from "#functions/domain/free-claim.ts";
import { Host } from "#functions/domain/host.ts";
import { createdStoreKey } from "#functions/privacy/store-key.store.ts";
import { firstStoreKey } from "#functions/privacy/store-key.ts";
import type { KeyWrapper } from "#functions/privacy/store-keys.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { newId, type StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { createdStore, type StoreStore } from "./store.store.ts";
import { type Store, StoreSettings } from "./store.ts";
import { usedAccount } from "./stripe-account.store.ts";
import { allTokensKilledAt, unturnedSwitch } from "./token-switch.store.ts";

export const CreateStore = z.strictObject({
  ...StoreSettings.shape,
  /** The operator's own name for this store: the same one again means the same store. */
  reference: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, {
    error: "must be 1 to 128 of A-Z a-z 0-9 . _ -",
  }),
  livemode: z.boolean(),
  /** The store's first domain. Whoever runs this vouches that it is the store's. */
  domain: Host,
});
export type CreateStore = z.infer<typeof CreateStore>;

export type CreatesStores = {
  stores: StoreStore;
  domains: Pick<DomainStore, "claim">;
  table: Pick<Table, "get" | "commit">;
  keyWrapper: Pick<KeyWrapper, "generate">;
  now: Clock;
};

/**
 * Opens a store with its key and its first domain, all or nothing. A repeat changes nothing and answers the same
 * id, because the id follows from reference and mode.
 */
export const createStore =
  (on: CreatesStores) =>
  async (command: CreateStore, by: By): Promise<{ storeId: StoreId; created: boolean }> => {
    const killedAt = await allTokensKilledAt(on.table);
    const store = newStore(command, on.now(), killedAt !== undefined);
    if (await on.stores.get(store.id)) return { storeId: store.id, created: false };
    const { id: storeId, createdAt: at } = store;
    const claim = await freeClaim(on, store, command.domain);
    const lost = await tryCommit(on.table, [
      createdStore(store),
      usedAccount(store),
      unturnedSwitch(killedAt),
      createdStoreKey(store.id, firstStoreKey(await on.keyWrapper.generate(store.id), store.createdAt)),
      ...speakingDomain({ before: undefined, after: firstDomain(store, command.domain), claim }),
      recordedAct({ ...by, action: "store.created", storeId, at, about: { domain: command.domain } }),
    ]);
    if (lost.length === 0) return { storeId: store.id, created: true };
    if (await on.stores.get(store.id)) return { storeId: store.id, created: false };
    // Somebody turned the switch or took the domain meanwhile.
    if (lost.every(({ change, key }) => "check" in change || key.sk === "claim"))
      return createStore(on)(command, by);
    throw new Refusal("conflict", "Parts of a store with this reference are there already.");
  };

const firstDomain = ({ id: storeId, livemode, createdAt }: Store, host: Host) =>
  vouched(undefined, { storeId, livemode, host }, createdAt);

/** While all tokens are killed, those of a store that is created are too. */
const newStore = (
  { reference, domain, ...settings }: CreateStore,
  now: Instant,
  withoutTokens: boolean,
): Store => ({
  ...settings,
  id: storeIdOf(reference, settings.livemode),
  status: "active",
  verifiedDomains: [domain],
  ...(withoutTokens && { tokensKilledAt: now, tokensKilledWith: "all" }),
  version: 1,
  createdAt: now,
  updatedAt: now,
});

const storeIdOf = (reference: string, livemode: boolean): StoreId => {
  const digest = createHash("sha256")
    .update(`store:${livemode ? "live" : "test"}:${reference}`)
    .digest();
  return newId("store", (count) => new Uint8Array(digest.subarray(0, count)));
};
