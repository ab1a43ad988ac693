import { checkoutAt } from "#functions/checkout/checkout.store.ts";
import { listKey, orderAt } from "#functions/order/order.store.ts";
import { KeyDestroyed, type MovesKeys, type Subject } from "#functions/privacy/envelope.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import { type Key, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { WalkPart } from "#functions/runtime/walk-rows.ts";
import { checkoutIdOf, type StoreId } from "#functions/values/id.ts";
import { erasureAt, savedErasure } from "./erasure.store.ts";
import { alsoKnown, idsOf } from "./erasure.ts";
import { emailOf, type LooksUpCustomers, lookUpCustomer } from "./look-up-customer.ts";

export type RebuildsCustomers = LooksUpCustomers & { movesKeys: MovesKeys; table: Table };

/**
 * A walk that takes each checkout's key, and with it its buyer's place in the index, under the current version of its
 * store's key. Erasures that wait come first: they have to know under which id those whom they look for will be.
 * What a session that came to nothing has left stays where it is, and is found there, for the 30 days it is kept.
 */
export const rebuildParts = (on: RebuildsCustomers, storeIds: readonly StoreId[]): WalkPart[] => {
  const stores = new Set<string>(storeIds);
  const ofStores = ({ pk }: Key): boolean => stores.has(pk.split("#")[0] ?? "");
  return [
    ...shards.map(
      (shard): WalkPart => ({
        table: "erasures",
        query: { index: "due", pk: dueKey("erasure", shard) },
        visit: async (row) => (ofStores(row) ? tellErasure(on, row) : undefined),
      }),
    ),
    ...shards.map(
      (shard): WalkPart => ({
        table: "commerce",
        query: { index: "due", pk: dueKey("checkout", shard) },
        visit: async (row) => {
          const checkout = ofStores(row) ? await checkoutAt(on.table, row) : undefined;
          if (checkout) await moveKey(on, { storeId: checkout.storeId, checkoutId: checkout.id });
        },
      }),
    ),
    ...storeIds.map(
      (storeId): WalkPart => ({
        table: "commerce",
        query: { index: "list", pk: listKey(storeId) },
        visit: async (row) => {
          const order = orderAt(row);
          if (order) await moveKey(on, { storeId, checkoutId: checkoutIdOf(order.orderId) });
        },
      }),
    ),
  ];
};

/** Whoever asked to be forgotten before the current version was known is looked for under its id, too. */
const tellErasure = async (on: RebuildsCustomers, row: Key): Promise<void> => {
  const before = await erasureAt(on.table, row);
  if (!before?.customerId) return;
  const ids = idsOf(before, before.customerId);
  const customer = await lookUpCustomer(on, before.storeId, before.customerId);
  const news = customer?.customerIds.filter((id) => !ids.includes(id)) ?? [];
  if (news.length === 0) return;
  const lost = await tryCommit(on.table, savedErasure(before, alsoKnown(before, news)));
  // The sweeper has looked in the same moment.
  if (lost.length > 0) await tellErasure(on, row);
};

const moveKey = async (on: RebuildsCustomers, subject: Subject): Promise<void> => {
  const writes = await moving(on, subject);
  // Lost: its buyer has become another meanwhile.
  if (writes.length > 0 && (await tryCommit(on.table, writes)).length > 0) await moveKey(on, subject);
};

const moving = async (on: RebuildsCustomers, subject: Subject) => {
  try {
    return await on.movesKeys(subject, emailOf(on, subject));
  } catch (error) {
    // Erased: there is nothing to move.
    if (error instanceof KeyDestroyed) return [];
    throw error;
  }
};
