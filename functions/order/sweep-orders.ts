import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { OrderId, StoreId } from "#functions/values/id.ts";
import { Order, rests, times } from "./order.ts";

type Sweeps = {
  table: Pick<Table, "get" | "query">;
  /** Starts a run of the fulfillment workflow without waiting for it. */
  beginRun: (input: { storeId: StoreId; orderId: OrderId }) => Promise<void>;
  now: Clock;
  log: Log;
  count: Count;
};

/** Gives every order that is neither confirmed nor canceled a new run of the fulfillment workflow. */
export const sweepOrders = (on: Sweeps) => (): Promise<number> =>
  sweepDue(on, { table: "commerce", kind: "order" }, (row) => moveOn(on, Order.parse(row)));

const moveOn = async (on: Sweeps, order: Order): Promise<void> => {
  const now = on.now();
  if (rests(order.status) || order.leaseUntil > now) return;
  warnOfCapture(on, order, now);
  await on.beginRun({ storeId: order.storeId, orderId: order.id });
};

/** Stripe lets go of an authorization by itself: then the order has to be canceled. */
const warnOfCapture = (on: Sweeps, order: Order, now: Instant): void => {
  const { state, captureBefore } = order.payment;
  if (state !== "authorized" || captureBefore === undefined || captureBefore - times.captureWarning > now)
    return;
  on.count("AuthorizationExpiring");
  on.log.warn("authorization expires soon", { storeId: order.storeId, orderId: order.id });
};
