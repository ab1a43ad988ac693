import { dueRows } from "#functions/runtime/due-rows.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Key, Table } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { OrderId, StoreId } from "#functions/values/id.ts";
import { isFinal, Order, times } from "./order.ts";

type Sweeps = {
  table: Pick<Table, "get" | "query">;
  /** Starts a run of the fulfillment workflow without waiting for it. */
  beginRun: (input: { storeId: StoreId; orderId: OrderId }) => Promise<void>;
  now: Clock;
  log: Log;
};

/** A minute's share; what is left is still due in the next one. */
const limitPerShard = 50;

/** Gives every order that is neither confirmed nor canceled a new run. Answers how many it looked at. */
export const sweepOrders = (on: Sweeps) => async (): Promise<number> => {
  const keys = await dueRows(on.table, { table: "commerce", kind: "order", now: on.now(), limitPerShard });
  for (const key of keys) await sweepOne(on, key);
  return keys.length;
};

/** One that fails must not keep the others waiting; it is due again in the next run. */
const sweepOne = async (on: Sweeps, key: Key): Promise<void> => {
  try {
    const row = await on.table.get("commerce", key);
    if (row) await moveOn(on, Order.parse(row));
  } catch (error) {
    on.log.error("a due order could not be moved on", error);
  }
};

const moveOn = async (on: Sweeps, order: Order): Promise<void> => {
  const now = on.now();
  if (isFinal(order.status) || order.leaseUntil > now) return;
  warnOfCapture(on, order, now);
  await on.beginRun({ storeId: order.storeId, orderId: order.id });
};

/** The log line that the alarm on expiring authorizations counts. */
const warnOfCapture = (on: Sweeps, order: Order, now: Instant): void => {
  const { state, captureBefore } = order.payment;
  if (state !== "authorized" || captureBefore === undefined || captureBefore - times.captureWarning > now)
    return;
  on.log.warn("authorization expires soon", { storeId: order.storeId, orderId: order.id });
};
