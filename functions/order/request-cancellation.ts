import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { untracked } from "#functions/fulfillment/fulfillment.ts";
import { keyLife } from "#functions/payment/find-payment-intent.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { OrderId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type BrakesRefunds, brakeRefund } from "./brake-refund.ts";
import { isContested } from "./dispute.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import { cancelingAnew, type Order, times } from "./order.ts";
import { cancelingEvent } from "./order-events.ts";
import { type OrderView, viewPlainly } from "./order-view.ts";
import { isOut } from "./progress.ts";
import { ownOrder } from "./read-orders.ts";
import type { Refund } from "./refund.ts";
import type { orderChangeRoutes } from "./routes.ts";

/** A code, never somebody's words: integrations and agents hear it. */
export const CancelReason = z.enum([
  "requested_by_customer",
  "out_of_stock",
  "fraudulent",
  "duplicate",
  "store_decision",
  "other",
]);

export const Cancellation = z.strictObject({ reason: CancelReason.default("other") }).optional();
export type Cancellation = z.infer<typeof Cancellation>;

type Cancels = BrakesRefunds & {
  orders: Pick<OrderStore, "get">;
  table: Table;
  now: Clock;
  log: Log;
  /** Starts a run of the fulfillment workflow without waiting for it. */
  beginRun: (input: { storeId: StoreId; orderId: OrderId }) => Promise<void>;
};

/**
 * Takes an order back that nobody is working on. One write decides it, together with the answer; the fulfillment
 * workflow then goes its second road, by which a store's refusal goes too: money back, stock back, told.
 */
export const requestCancellation =
  (on: Cancels): Operation<typeof orderChangeRoutes.cancelOrder> =>
  (command) =>
    answerOnce(on, command.request, (request) => decide(on, command, request));

const decide = async (
  on: Cancels,
  command: Command<typeof orderChangeRoutes.cancelOrder>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { caller, params, body } = command;
  const before = await ownOrder(on.orders, caller, params);
  const now = on.now();
  refuseUncancelable(before, now);
  await brakeRefund(on)(caller, before, request);
  const after = cancelingAnew(before, body?.reason ?? "other", now);
  const answer = { status: 200, body: viewUntracked(after) } satisfies Answer;
  const lost = await tryCommit(on.table, [
    savedOrder(before, after),
    cancelingEvent(after),
    actOfKey(command, {
      action: "cancellation.requested",
      decidedBy: "orders:write",
      at: now,
      about: { orderId: after.id },
    }),
    storeAnswer(request, { now, status: answer.status, answer: answer.body }),
  ]);
  if (lost.length > 0) return undefined;
  await begin(on, after);
  return answer;
};

/** The answer is kept for a repeat, and would outlive an erasure of the buyer: a parcel's number leads to them. */
const viewUntracked = (order: Order): OrderView =>
  viewPlainly({ ...order, fulfillments: order.fulfillments.map(untracked) });

const refuseUncancelable = (order: Order, now: Instant): void => {
  const { status, leaseUntil, refunds } = order;
  if (status === "canceling") throw new Refusal("conflict", "The order is being canceled already.");
  if (status === "canceled") throw new Refusal("conflict", "The order is canceled already.");
  if (isContested(order))
    throw new Refusal("order_disputed", "The buyer's bank disputes the payment: it decides what goes back.");
  if (isOut(order))
    throw new Refusal(
      "conflict",
      "Pieces of the order are on their way or at the buyer's. Refund what shall go back instead.",
    );
  const known = Math.max(0, ...refunds.map((refund) => knownAt(refund, now)));
  if (known > 0)
    throw busy(
      "A refund of this order is being made. Send the request again when its outcome is known.",
      Math.ceil((known - now) / 1_000),
    );
  // A confirmed order rests: whatever lease its last run left behind, nobody is at it.
  if (status === "placed" && leaseUntil > now)
    throw busy("The order is being fulfilled at this moment. Send the request again.", 5);
};

/**
 * When a refund's outcome may be known; 0: it is. At the sweeper's next look, as a rule. What is not known by then
 * takes about as long again as it took so far, but no longer than Stripe can repeat a fault under its key.
 */
const knownAt = ({ status, requestedAt }: Refund, now: Instant): Instant => {
  if (status !== "requested") return 0;
  const soon = Math.max(times.refund, now - requestedAt);
  const forgotten = requestedAt + keyLife;
  return forgotten > now ? Math.min(now + soon, forgotten) : now + times.refund;
};

const busy = (text: string, retryAfterSeconds: number): Refusal =>
  new Refusal("conflict", text, { retryAfterSeconds });

/** The decision is written and due: what could not be started here, the sweeper starts within a minute. */
const begin = async (on: Cancels, { storeId, id: orderId }: Order): Promise<void> => {
  try {
    await on.beginRun({ storeId, orderId });
  } catch (error) {
    on.log.error("the run that gives back could not be started", error, { storeId, orderId });
  }
};
