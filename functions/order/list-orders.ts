import { z } from "zod";
import { writeCursor } from "#functions/outbox/feed.ts";
import { beginningOf } from "#functions/outbox/list-events.ts";
import { eventsAfter, factAt } from "#functions/outbox/outbox.store.ts";
import { times as outboxTimes } from "#functions/outbox/outbox.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Operation } from "#functions/runtime/route.ts";
import type { Key, Table } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { OrderId, PrincipalId, ProductId, type StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { ListPlace, OrderStore } from "./order.store.ts";
import { type Order, Status } from "./order.ts";
import { OrderView, viewOrder } from "./order-view.ts";
import type { orderRoutes } from "./routes.ts";

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const OrdersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before, with the same filters. */
  after: z.string().max(400).optional(),
  status: Status.optional(),
  /** Which agent bought it: the principal of its keys. */
  principalId: PrincipalId.optional(),
  productId: ProductId.optional(),
  /** What was changed after that moment, in the order of the changes; 90 days back at most. */
  updatedSince: Time.optional(),
});
type OrdersQuery = z.infer<typeof OrdersQuery>;

export const OrdersPage = z.object({
  orders: z.array(OrderView),
  /** Where to go on; with `updatedSince` always there, to come back with for what is changed later. */
  next: z.string().optional(),
  more: z.boolean(),
});

type Lists = {
  orders: OrderStore;
  envelope: Envelope;
  table: Pick<Table, "query">;
  now: Clock;
};
type Found = { readonly orders: readonly Order[]; readonly next: string | undefined; readonly more: boolean };

/**
 * A page may hold fewer than asked for, or none, and yet have `more`. Newest first, an order has its place for good: each
 * is seen once, whatever becomes of it meanwhile. By their changes, each is seen after its last one, and once if it
 * is not changed again.
 */
export const listOrders =
  (on: Lists): Operation<typeof orderRoutes.listOrders> =>
  async ({ caller, query }) => {
    const { storeId } = caller;
    const { updatedSince } = query;
    const { orders, next, more } = await (updatedSince === undefined
      ? newestFirst(on, storeId, query)
      : changedSince(on, storeId, { ...query, updatedSince }));
    const shown = await Promise.all(orders.map((order) => viewOrder(on)(caller, order)));
    return { status: 200, body: { orders: shown, next, more } };
  };

/** How many a filter looks through at once: what is left is on the next page. */
const mostLookedAt = 200;

const newestFirst = async (on: Lists, storeId: StoreId, query: OrdersQuery): Promise<Found> => {
  const after = query.after === undefined ? undefined : placeIn(query.after);
  const limit = isFiltered(query) ? mostLookedAt : query.limit;
  const page = await on.orders.list(storeId, { limit, after });
  const found = page.orders.filter((order) => isAsked(query, order));
  const orders = found.slice(0, query.limit);
  const last = orders.length < found.length ? orders.at(-1) : page.next;
  return { orders, next: last && cursorOf(last), more: last !== undefined };
};

const isFiltered = ({ status, principalId, productId }: OrdersQuery): boolean =>
  [status, principalId, productId].some((filter) => filter !== undefined);

const isAsked = ({ status, principalId, productId }: OrdersQuery, order: Order): boolean =>
  (status === undefined || order.status === status) &&
  (principalId === undefined || order.principalId === principalId) &&
  (productId === undefined || order.quote.lines.some((line) => line.productId === productId));

const cursorOf = ({ createdAt, id }: ListPlace): string => `${createdAt}.${id}`;

const placeIn = (text: string): ListPlace => {
  const [createdAt = "", id] = text.split(".");
  const orderId = OrderId.safeParse(id);
  if (/^\d{1,15}$/.test(createdAt) && orderId.success)
    return { createdAt: Number(createdAt), id: orderId.data };
  throw new Refusal("invalid", "There is no such cursor.", { param: "$.after" });
};

/** By the store's events: an order is shown where its last one stands, and only there. */
const changedSince = async (
  on: Lists,
  storeId: StoreId,
  query: OrdersQuery & { updatedSince: Instant },
): Promise<Found> => {
  const now = on.now();
  if (query.updatedSince < now - outboxTimes.kept)
    throw new Refusal("invalid", "$.updatedSince: at most 90 days back; read all orders instead.", {
      param: "$.updatedSince",
    });
  const after = beginningOf({ after: query.after, since: query.updatedSince }, now);
  const { keys, next, more } = await eventsAfter(on.table, { storeId, after, limit: query.limit, now });
  const read = await Promise.all(keys.map((key) => lastChanged(on.orders, storeId, key)));
  const orders = read.flatMap((order) => (order && isAsked(query, order) ? [order] : []));
  return { orders, next: writeCursor(next), more };
};

/** The order, if the event is its last: what was told of it later stands further on. */
const lastChanged = async (
  orders: Pick<OrderStore, "get">,
  storeId: StoreId,
  key: Key,
): Promise<Order | undefined> => {
  const { subject, version } = factAt(key);
  const id = OrderId.safeParse(subject);
  const order = id.success ? await orders.get(storeId, id.data) : undefined;
  return order && order.version <= version ? order : undefined;
};
