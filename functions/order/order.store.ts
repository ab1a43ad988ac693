import { equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Page, Table, Write } from "#functions/runtime/table.ts";
import { OrderId, StoreId } from "#functions/values/id.ts";
import { nextLook, Order } from "./order.ts";

export type OrderStore = {
  get(storeId: StoreId, orderId: OrderId): Promise<Order | undefined>;
  /** Newest first; the index holds keys only, so each order is read again. */
  list(storeId: StoreId, page: { limit: number; after?: ListPlace | undefined }): Promise<OrderPage>;
};

/** Where an order stands among all of its store: it never changes, and stays a place when the order is gone. */
export type ListPlace = Pick<Order, "id" | "createdAt">;
/** `next`: the last place of a page that is not the last. */
export type OrderPage = { readonly orders: Order[]; readonly next: ListPlace | undefined };

export const orderStore = (table: Pick<Table, "get" | "query">): OrderStore => {
  const get: OrderStore["get"] = async (storeId, orderId) => {
    const row = await table.get("commerce", orderKey(storeId, orderId));
    return row && Order.parse(row);
  };
  return {
    get,
    list: async (storeId, { limit, after }) => {
      const page = await table.query("commerce", {
        index: "list",
        pk: listKey(storeId),
        descending: true,
        limit,
        ...(after && { after: { ...orderKey(storeId, after.id), ...listed({ storeId, ...after }) } }),
      });
      const orders = await Promise.all(page.rows.map(({ pk, sk }) => table.get("commerce", { pk, sk })));
      return {
        orders: orders.flatMap((row) => (row ? [Order.parse(row)] : [])),
        next: page.next && placeOf(page.next),
      };
    },
  };
};

export const orderKey = (storeId: StoreId, orderId: OrderId): Key => ({
  pk: `${storeId}#${orderId}`,
  sk: "order",
});

/** Which order a key of the table or of an index names. */
export const orderAt = ({ pk }: Pick<Key, "pk">): { storeId: StoreId; orderId: OrderId } | undefined => {
  const [store, order] = pk.split("#");
  const [storeId, orderId] = [StoreId.safeParse(store).data, OrderId.safeParse(order).data];
  return storeId && orderId ? { storeId, orderId } : undefined;
};

/** Where a store's orders are listed, by when they were placed. */
export const listKey = (storeId: StoreId): string => `orders#${storeId}`;
const listed = ({ storeId, createdAt }: Pick<Order, "storeId" | "createdAt">) => ({
  list: listKey(storeId),
  listAt: createdAt,
});

const placeOf = (key: NonNullable<Page["next"]>): ListPlace | undefined => {
  const at = orderAt(key);
  return at && { id: at.orderId, createdAt: Number(key["listAt"]) };
};

/** Fulfillment gets `firstLook` to begin by itself. */
export const placedOrder = (order: Order, firstLook: number): Write => write(order, firstLook, missing());

/** Replaces the row that `before` was read from; refused when another run has taken over or written since. */
export const savedOrder = (before: Order, after: Order): Write =>
  write(after, nextLook(after), equals("revision", before.revision));

const write = (order: Order, look: number | undefined, condition: NonNullable<Write["condition"]>): Write => {
  const key = orderKey(order.storeId, order.id);
  const due = look === undefined ? notDue : dueAt("order", key.pk, look);
  return {
    table: "commerce",
    key,
    change: { put: { ...order, ...due, ...listed(order), expiresAtSeconds: expiryOf(order, look) } },
    condition,
  };
};

/** Not while anybody owes it a move, however old it is. */
const expiryOf = ({ keptUntil }: Order, look: number | undefined): number | undefined =>
  keptUntil === undefined || look !== undefined ? undefined : Math.ceil(keptUntil / 1_000);
