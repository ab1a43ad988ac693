import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type OrderStore, savedOrder } from "#functions/order/order.store.ts";
import type { Order } from "#functions/order/order.ts";
import { fulfillmentEvent } from "#functions/order/order-events.ts";
import { mayBeOwedAgain, owedOf } from "#functions/order/progress.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, type Instant, seconds, toIso } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Connection, Followed } from "./connection.ts";
import { withEvent, withFulfillment } from "./order-fulfillments.ts";
import { isOver, orderIdIn, WooOrder, wooOrderFields } from "./woocommerce.ts";
import type { WooApi } from "./woocommerce-api.ts";
import { found } from "./woocommerce-connector.ts";

const Changed = z.object({ ...WooOrder.shape, date_modified_gmt: z.iso.datetime({ local: true }) });
type Changed = z.infer<typeof Changed>;

type Follows = {
  readonly orders: Pick<OrderStore, "get">;
  readonly table: Pick<Table, "commit">;
  readonly now: Clock;
  readonly log: Log;
  readonly count: Count;
};
type Shop = { readonly storeId: Connection["storeId"]; readonly api: WooApi };
type Cursor = Pick<Followed, "since" | "seen">;

const pageSize = 100;

/**
 * Reads what became of the site's orders, oldest change first, so that one that changes meanwhile comes once more. An
 * order that is not followed stops it there; `isRead`: none is left.
 */
export const followOrders =
  (on: Follows) =>
  async (shop: Shop, from: Cursor): Promise<Cursor & { readonly isRead: boolean }> => {
    let at: Place = { ...from, page: 1, isRead: false };
    for (let next: Place | undefined = at; next; ) {
      next = at.isRead ? undefined : await followPage(on, shop, at);
      at = next ?? at;
    }
    const { page: _, ...read } = at;
    return read;
  };

type Place = Cursor & { readonly page: number; readonly isRead: boolean };

/** `undefined`: it could not be followed to its end. */
const followPage = async (on: Follows, shop: Shop, at: Place): Promise<Place | undefined> => {
  const { body } = await shop.api(changedAfter(at), z.array(Changed));
  if (!body || !(await followAll(on, shop, unseen(body, at)))) return undefined;
  const next = after(at, body);
  return { ...next, page: next.since > at.since ? 1 : at.page + 1, isRead: body.length < pageSize };
};

const followAll = async (on: Follows, shop: Shop, all: readonly Changed[]): Promise<boolean> => {
  for (const there of all) if (!(await follow(on, shop, there))) return false;
  return true;
};

/** It knows whole seconds, and more may change in the last one: that is read again. */
const changedAfter = ({ since, page }: Place) => ({
  path: "wc/v3/orders",
  parameters: {
    _fields: `${wooOrderFields},date_modified_gmt`,
    modified_after: toIso(since - seconds(1)),
    dates_are_gmt: "true",
    orderby: "modified",
    order: "asc",
    per_page: String(pageSize),
    page: String(page),
  },
});

const changedAt = ({ date_modified_gmt: text }: Changed): Instant => Date.parse(`${text}Z`);
const asSeen = ({ id, status }: Changed): string => `${id}:${status}`;

const unseen = (all: readonly Changed[], { since, seen }: Cursor): Changed[] =>
  all.filter((each) => changedAt(each) > since || !seen.includes(asSeen(each)));

const after = (before: Cursor, all: readonly Changed[]): Cursor => {
  const since = Math.max(before.since, ...all.map(changedAt));
  const seen = all.filter((each) => changedAt(each) === since).map(asSeen);
  const kept = since === before.since ? before.seen : [];
  return { since, seen: [...new Set([...kept, ...seen])].slice(-pageSize) };
};

/** `false`: it has to be followed later. */
const follow = async (on: Follows, { storeId, api }: Shop, there: Changed): Promise<boolean> => {
  const orderId = orderIdIn(there);
  const order = orderId && (await on.orders.get(storeId, orderId));
  if (!order) return true;
  if (there.status === "completed") return followSent(on, order);
  if (!isOver(there) || order.status !== "confirmed") return true;
  const known = await found(api, order);
  if (!known) return false;
  // We let go of its copies ourselves. Money moves by nobody's word but the store's over REST.
  if (known[0]?.id === there.id) differs(on, order, `a paid order is ${there.status} at its shop`);
  return true;
};

const differs = (on: Follows, { storeId, id: orderId }: Order, what: string): void => {
  on.count("StoreDiffers");
  on.log.warn(what, { storeId, orderId });
};

/** What money was asked back for may have left the house, too, and is owed again where Stripe refuses the refund. */
const followSent = async (on: Follows, order: Order): Promise<boolean> => {
  if (!(await recordSent(on, order))) return false;
  if (order.status === "confirmed" && mayBeOwedAgain(order))
    differs(on, order, "a shop sent an order of which money was asked back");
  return true;
};

/** All that is owed left the house; somebody else's write at the same time lets it be followed later. */
const recordSent = async (on: Follows, order: Order): Promise<boolean> => {
  if (order.status === "confirmed" && !order.quote.lines.some((line) => owedOf(order, line) > 0)) return true;
  const now = on.now();
  const steps = stepsOf(order, now);
  const last = steps?.at(-1);
  if (!steps || !last) {
    differs(on, order, "a shop sent what it must not send");
    return true;
  }
  const lost = await tryCommit(on.table, [
    savedOrder(order, last),
    ...steps.map(fulfillmentEvent),
    recordedAct({
      action: "fulfillment.recorded",
      actor: { role: "service", requestId: `${order.id}#${last.version}` },
      decidedBy: "schedule",
      storeId: order.storeId,
      at: now,
      about: { orderId: order.id },
    }),
  ]);
  return lost.length === 0;
};

/** `completed` there is sent by a carrier, or given: a download, or over the counter. `undefined`: it may not be. */
const stepsOf = (order: Order, now: Instant): Order[] | undefined => {
  const { lines, options, selectedOptionId } = order.quote;
  const isCarried = options.find(({ id }) => id === selectedOptionId)?.type === "shipping";
  const owed = lines
    .map((line) => ({ ...line, quantity: owedOf(order, line) }))
    .filter(({ quantity }) => quantity > 0);
  const some = (isSent: boolean) =>
    owed
      .filter(({ digital }) => (isCarried && !digital) === isSent)
      .map(({ productId, quantity }) => ({ productId, quantity }));
  try {
    const sent = some(true).length > 0 ? [withFulfillment(order, shipped(some(true)), now)] : [];
    if (some(false).length === 0) return sent;
    const given = withFulfillment(sent[0] ?? order, shipped(some(false)), now);
    return [...sent, given, withEvent(given, given.fulfillments.length, { type: "delivered" }, now)];
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

type Lines = NonNullable<Parameters<typeof withFulfillment>[1]["lines"]>;
const shipped = (lines: Lines) => ({ status: "shipped", lines }) as const;
