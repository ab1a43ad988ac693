import { z } from "zod";
import { type OrderStore, savedOrder } from "#functions/order/order.store.ts";
import { isStopped, moved, type Order, times } from "#functions/order/order.ts";
import { type OrderStep, orderStepOf } from "#functions/order/order-step.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { plainly, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { OrderId, StoreId } from "#functions/values/id.ts";
import { type Done, done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import { type ConnectionStore, usedConnection } from "./connection.store.ts";
import { type Connection, isUseNews } from "./connection.ts";
import { type Connectors, submitThrough } from "./connector.ts";

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
  log: Log;
  count: Count;
};

/**
 * First step of fulfillment: claims the order for this run and hands it to the store. An order that is on its way
 * back, or that waited for longer than its time, goes down the second road.
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
  if (isStopped(before)) return held(input, "disputed");
  const order = moved(before, before.status, now, {
    epoch: before.epoch + 1,
    leaseUntil: now + times.lease,
  });
  // Plain: a run that is told "refused" of its own claim ends, and the sweeper begins another when the lease does.
  const lost = await tryCommit(on.table, [plainly(savedOrder(before, order))]);
  if (lost.length > 0) return held(input, "another_run_was_faster");
  return driven(on, order, now);
};

const driven = async (on: Submits, order: Order, now: Instant): Promise<Ending> => {
  if (await accepted(on, order)) return done(orderStepOf(order));
  if (order.status === "canceling") return refused(orderStepOf(order), order.cancelReason ?? "canceled");
  const connection = await on.connections.get(order.storeId);
  if (waitingSince(order) + times.giveUp > now) return submitted(on, order, connection);
  on.count("StoreSilent");
  on.log.warn("an order was not accepted within a day", { storeId: order.storeId, orderId: order.id });
  return connection?.unanswered === "hold"
    ? submitted(on, order, connection)
    : refused(orderStepOf(order), "not_accepted_in_time");
};

/** Its money was captured, so the store had accepted it: only the confirmation is missing, however late it is. */
const accepted = async (on: Submits, { status, storeId, checkoutId, payment }: Order): Promise<boolean> =>
  status === "placed" && (await on.payments.get(storeId, checkoutId, payment.attempt))?.status === "captured";

/** While a dispute was open it was not to go on, so that time does not count. */
const waitingSince = ({ createdAt, disputes }: Order): Instant =>
  Math.max(createdAt, ...disputes.map(({ closedAt }) => closedAt ?? 0));

const claimable = (order: Order, now: Instant): boolean =>
  (order.status === "placed" || order.status === "canceling") && order.leaseUntil <= now;

const submitted = async (on: Submits, order: Order, connection: Connection | undefined) => {
  const store = await on.stores.get(order.storeId);
  if (!store) throw new Error("an order without a store");
  const answer = await submitThrough(on.connectors)(order, store, connection);
  if (answer.submission !== "unknown") await noteUse(on, connection);
  if (answer.submission === "accepted") return done(orderStepOf(order));
  const ends = answer.submission === "refused" ? refused : held;
  return ends(orderStepOf(order), answer.reason);
};

/** Somebody who has replaced it meanwhile loses nothing by it. */
const noteUse = async (on: Submits, connection: Connection | undefined): Promise<void> => {
  const now = on.now();
  if (connection && isUseNews(connection, now)) await tryCommit(on.table, [usedConnection(connection, now)]);
};
