import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { OrderId, StoreId } from "#functions/values/id.ts";
import { savedOrder } from "./order.store.ts";
import {
  dueDisputes,
  dueRefunds,
  expiryWarningAt,
  isStopped,
  isUntold,
  Order,
  rests,
  runAt,
  times,
  watched,
} from "./order.ts";
import type { Refund } from "./refund.ts";
import { type SettlesRefunds, settleRefund } from "./settle-refund.ts";

type Sweeps = SettlesRefunds & {
  table: Pick<Table, "get" | "query" | "commit">;
  /** Starts a run of the fulfillment workflow without waiting for it. */
  beginRun: (input: { storeId: StoreId; orderId: OrderId }) => Promise<void>;
  now: Clock;
  log: Log;
  count: Count;
};

/**
 * Settles the refunds that are due, and gives a new run of the fulfillment workflow to every order that neither rests
 * nor waits for a bank, and to those of which a shop has to hear.
 */
export const sweepOrders = (on: Sweeps) => (): Promise<number> =>
  sweepDue(on, { table: "commerce", kind: "order" }, (row) => moveOn(on, Order.parse(row)));

const moveOn = async (on: Sweeps, order: Order): Promise<void> => {
  const now = on.now();
  warnOfEvidence(on, order, now);
  warnOfCapture(on, order, now);
  await watch(on, order, now);
  await driveOn(on, order, now);
  await Promise.all(dueRefunds(order, now).map((refund) => settle(on, order, refund)));
};

/** Somebody else's write at the same time lets it be due again, and told twice rather than not at all. */
const watch = async (on: Sweeps, order: Order, now: Instant): Promise<void> => {
  const after = watched(order, now);
  if (after) await tryCommit(on.table, [savedOrder(order, after)]);
};

const driveOn = async (on: Sweeps, order: Order, now: Instant): Promise<void> => {
  const isOwed = isUntold(order) || !(rests(order.status) || isStopped(order));
  if (!isOwed || runAt(order) > now) return;
  await on.beginRun({ storeId: order.storeId, orderId: order.id });
};

const settle = async (on: Sweeps, order: Order, before: Refund): Promise<void> => {
  const { storeId, id: orderId } = order;
  try {
    const refund = await settleRefund(on)({ storeId, orderId, number: before.number });
    warnOfRefund(on, order, refund);
  } catch (error) {
    warnOfRefund(on, order, before);
    throw error;
  }
};

/** One that Stripe does not answer for, or cannot be asked for, is due without end; after a while somebody hears of it. */
const warnOfRefund = (on: Sweeps, { storeId, id: orderId }: Order, refund: Refund | undefined): void => {
  if (refund?.status !== "requested" || refund.requestedAt + times.refundWarning > on.now()) return;
  on.count("MoneyHeld");
  on.log.warn("a refund's outcome is not known", { storeId, orderId });
};

/** What is not answered in time is lost. */
const warnOfEvidence = (on: Sweeps, order: Order, now: Instant): void => {
  if (dueDisputes(order, now).length === 0) return;
  on.count("EvidenceDue");
  on.log.warn("a dispute's evidence is due soon", { storeId: order.storeId, orderId: order.id });
};

/** Stripe lets go of an authorization by itself, whoever stopped the order: then it has to be canceled. */
const warnOfCapture = (on: Sweeps, order: Order, now: Instant): void => {
  const first = expiryWarningAt(order);
  if (first === undefined || first > now) return;
  on.count("AuthorizationExpiring");
  on.log.warn("authorization expires soon", { storeId: order.storeId, orderId: order.id });
};
