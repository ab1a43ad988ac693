import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { toIso } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { StoreStore } from "./store.store.ts";
import { Store } from "./store.ts";

export const StoreAnswer = z.object({
  ...Store.shape,
  tokensKilledAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const getStore =
  (on: { stores: StoreStore }) =>
  async ({ caller }: { caller: Caller }): Promise<Answer> => ({
    status: 200,
    body: showStore(await callersStore(on.stores, caller)),
  });

export const callersStore = async (stores: StoreStore, caller: Caller): Promise<Store> => {
  const store = await stores.get(caller.storeId);
  if (!store) throw new Refusal("not_found", "There is no such store.");
  return store;
};

export const showStore = (store: Store): z.infer<typeof StoreAnswer> => ({
  ...store,
  tokensKilledAt: store.tokensKilledAt === undefined ? undefined : toIso(store.tokensKilledAt),
  createdAt: toIso(store.createdAt),
  updatedAt: toIso(store.updatedAt),
});
