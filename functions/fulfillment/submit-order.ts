import { z } from "zod";
import { type OrderStore, savedOrder } from "#functions/order/order.store.ts";
import { isStopped, isUntold, moved, type Order, rests, times } from "#functions/order/order.ts";
import { type OrderStep, orderStepOf } from "#functions/order/order-step.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { plainly, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { fraction, OrderId, type RandomBytes, StoreId } from "#functions/values/id.ts";
import { type Done, done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import { type ConnectionStore, usedConnection } from "./connection.store.ts";
import { type Connection, isUseNews } from "./connection.ts";
import { type Connectors, submitThrough } from "./connector.ts";
import { resendAt } from "./resend.ts";
import { wayToShop } from "./way-to-shop.ts";

/** Input of the fulfillment workflow, from the event `order.placed` or from a sweeper. */
export const SubmitOrder = z.object({ storeId: StoreId, orderId: OrderId });
export type SubmitOrder = z.infer<typeof SubmitOrder>;

type Submits = {
  orders: Pick<OrderStore, "get">;
  stores: { get(storeId: StoreId): Promise<Store | undefined> };
  payments: Pick<PaymentStore, "get">;
  connections: ConnectionStore;
  connectors: Connectors;
  table: Pick<Table, "commit">;
  now: Clock;
  random: RandomBytes;
  log: Log;
  count: Count;
};

/**
 * First step of fulfillment: claims the order for this run and hands it to the store. An order that is on its way
 * back, or that waited for longer than its time, goes down the second road. Of one that rests the store's shop is told.
 */
export const submitOrder =
  (on: Submits) =>
  (input: SubmitOrder): Promise<Ending> =>
    submit(on, input);

type Ending = Done<OrderStep> | (Refused & OrderStep) | Held;

const submit = async (on: Submits, input: SubmitOrder): Promise<Ending> => {
  const before = await on.orders.get(input.storeId, input.orderId);
  const now = on.now();
  if (!before) return held(input, "no_such_order");
  if (!claimable(before, now)) return held(input, "in_progress_or_done");
  if (isStopped(before) && !isUntold(before)) return held(input, "disputed");
  const connection = await on.connections.get(input.storeId);
  const order = moved(before, before.status, now, {
    epoch: before.epoch + 1,
    leaseUntil: now + times.lease,
    // Before it is sent: whether it came there nobody knows then.
    ...(connection && before.status === "placed" && { shop: { ...before.shop, retryAt: undefined } }),
  });
  // Plain: a run that is told "refused" of its own claim ends, and the sweeper begins another when the lease does.
  const lost = await tryCommit(on.table, [plainly(savedOrder(before, order))]);
  if (lost.length > 0) return held(input, "another_run_was_faster");
  return isUntold(order) ? told(on, order, connection) : driven(on, order, connection);
};

/** Nobody waits for this: after a day it is left to webhooks, and an alarm rings. */
const told = async (on: Submits, order: Order, connection: Connection | undefined): Promise<Held> => {
  const isHeard = !connection || (await on.connectors[connection.kind].tell(order, connection));
  const now = on.now();
  const since = order.shop?.untoldSince ?? 0;
  const isOver = since + times.giveUp <= now;
  if (!isHeard && isOver) silent(on, order, "a shop was not told of an order within a day");
  if (!isHeard && !isOver) await putOff(on, order, since, [since + times.giveUp]);
  else await tryCommit(on.table, [savedOrder(order, moved(order, order.status, now, { shop: {} }))]);
  return held(orderStepOf(order), isHeard ? "told" : "store_unreachable");
};

/** Whoever was slower than its lease puts off nothing. */
const putOff = async (
  on: Submits,
  order: Order,
  since: Instant,
  decided: readonly Instant[],
): Promise<void> => {
  const now = on.now();
  const retryAt = resendAt(since, { now, random: fraction(on.random), decided });
  const shop = { ...order.shop, retryAt };
  await tryCommit(on.table, [savedOrder(order, moved(order, order.status, now, { shop }))]);
};

const silent = (on: Submits, { storeId, id: orderId }: Order, what: string): void => {
  on.count("StoreSilent");
  on.log.warn(what, { storeId, orderId });
};

const driven = async (on: Submits, order: Order, connection: Connection | undefined): Promise<Ending> => {
  const now = on.now();
  if (await accepted(on, order)) return done(orderStepOf(order));
  if (order.status === "canceling") return refused(orderStepOf(order), order.cancelReason ?? "canceled");
  // Whoever said yes is not asked again: it may be away by now, and the money taken.
  if (order.shop?.acceptedAt !== undefined) return submitted(on, order, undefined);
  if (waitingSince(order) + times.giveUp > now) return submitted(on, order, connection);
  silent(on, order, "an order was not accepted within a day");
  return connection?.unanswered === "hold" && heldUntil(order) > now
    ? submitted(on, order, connection)
    : refused(orderStepOf(order), "not_accepted_in_time");
};

/** For as long as its money is; what costs nothing no longer than a card would be held. */
const heldUntil = (order: Order): Instant => order.payment.captureBefore ?? waitingSince(order) + times.hold;

/** Its money was captured, so the store had accepted it: only the confirmation is missing, however late it is. */
const accepted = async (on: Submits, { status, storeId, checkoutId, payment }: Order): Promise<boolean> =>
  status === "placed" && (await on.payments.get(storeId, checkoutId, payment.attempt))?.status === "captured";

/** While a dispute was open it was not to go on, so that time does not count. */
const waitingSince = ({ createdAt, disputes }: Order): Instant =>
  Math.max(createdAt, ...disputes.map(({ closedAt }) => closedAt ?? 0));

const claimable = (order: Order, now: Instant): boolean =>
  (!rests(order.status) || isUntold(order)) && order.leaseUntil <= now;

const submitted = async (on: Submits, order: Order, connection: Connection | undefined) => {
  const store = await on.stores.get(order.storeId);
  if (!store) throw new Error("an order without a store");
  const way = connection && wayToShop(on, order, connection);
  const answer = await submitThrough(on.connectors)(order, store, way);
  const known = way?.order() ?? order;
  if (answer.submission !== "unknown") await noteUse(on, connection);
  if (answer.submission === "accepted") return written(on, known);
  if (answer.submission === "refused") return refused(orderStepOf(order), answer.reason);
  const since = waitingSince(order);
  await putOff(on, known, since, [since + times.giveUp, heldUntil(order)]);
  return held(orderStepOf(order), answer.reason);
};

/** The yes of a shop that it was sent to, before any money moves for it; of one that is gone by now, its store's. */
const written = async (on: Submits, order: Order): Promise<Ending> => {
  if (!order.shop || order.shop.acceptedAt !== undefined) return done(orderStepOf(order));
  const now = on.now();
  const after = moved(order, order.status, now, { shop: { acceptedAt: now } });
  const lost = await tryCommit(on.table, [savedOrder(order, after)]);
  return lost.length === 0 ? done(orderStepOf(after)) : held(orderStepOf(order), "another_run_was_faster");
};

/** Somebody who has replaced it meanwhile loses nothing by it. */
const noteUse = async (on: Submits, connection: Connection | undefined): Promise<void> => {
  const now = on.now();
  if (connection && isUseNews(connection, now)) await tryCommit(on.table, [usedConnection(connection, now)]);
};
