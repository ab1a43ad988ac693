import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { Line } from "#functions/checkout/contents.ts";
import { refundStepOf } from "#functions/payment/currency.ts";
import { claimAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, replayed } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { distinct } from "#functions/values/distinct.ts";
import { MinorUnits } from "#functions/values/money.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type BrakesRefunds, brakeRefund } from "./brake-refund.ts";
import { isContested } from "./dispute.ts";
import { savedOrder } from "./order.store.ts";
import { goesBack, type Order, times } from "./order.ts";
import { ownOrder } from "./read-orders.ts";
import { backBeforeOf, nextNumber, type Refund, RefundReason } from "./refund.ts";
import { partsOf } from "./refund-parts.ts";
import { viewRefund } from "./refund-view.ts";
import { changeRefunds } from "./refund-writes.ts";
import type { orderChangeRoutes } from "./routes.ts";
import { type SettlesRefunds, settleRefund } from "./settle-refund.ts";

/** Nothing named: all that is left. */
export const NewRefund = z.strictObject({
  lines: z
    .array(z.strictObject(Line.shape))
    .min(1)
    .max(40)
    .check(distinct("productId", ({ productId }) => productId))
    .optional(),
  shipping: z.literal(true).optional(),
  /** Instead of pieces and shipping: a plain amount in minor units, tax included. */
  amount: MinorUnits.positive().optional(),
  reason: RefundReason,
  /** The pieces are back and may be sold again. */
  restock: z.boolean().default(false),
});
export type NewRefund = z.infer<typeof NewRefund>;

/** They live in the order's row, which DynamoDB bounds. */
const limits = { refunds: 100, lines: 1_000 } as const;

type Refunds = Omit<SettlesRefunds, "remaining"> & BrakesRefunds & { table: Table };
type Route = typeof orderChangeRoutes.refundOrder;

/**
 * Two transactions around one call to Stripe: the first reserves the money in the order and claims the answer, the
 * second notes what came of it. Until Stripe's answer is known the refund stays `requested`, and the same request
 * takes it up again; who asked is kept in the order, so it is the same request for the order's life.
 */
export const refundOrder =
  (on: Refunds): Operation<Route> =>
  (command) =>
    answerOnce(on, command.request, async (request) => {
      const begun = await begin(on, command, request);
      return begun && ("answer" in begun ? begun.answer : settle(on, command, begun));
    });

const settle = async (
  on: Refunds,
  { request }: Command<Route>,
  { order, refund }: Reserved,
): Promise<Answer> => {
  const remaining = () => request.deadline - on.now();
  const which = { storeId: order.storeId, orderId: order.id, number: refund.number };
  const settled = await settleRefund({ ...on, remaining })(which);
  return answerOf(order, settled ?? refund);
};

const answerOf = (order: Order, refund: Refund): Answer => ({
  status: refund.status === "requested" ? 202 : 201,
  body: viewRefund(order, refund),
});

type Reserved = { order: Order; refund: Refund };

/** Nothing: another request wrote to the order at the same time, so look again at the money that it left. */
const begin = async (
  on: Refunds,
  command: Command<Route>,
  request: IdempotencyRequest,
): Promise<{ answer: Answer } | Reserved | undefined> => {
  const order = await ownOrder(on.orders, command.caller, command.params);
  const asked = askedBefore(order, request);
  if (asked && asked.status !== "requested") return { answer: replayed(answerOf(order, asked)) };
  const now = on.now();
  const refund = asked ?? newRefund(order, command.body, request, now);
  if (!asked) await brakeRefund(on)(command.caller, order, request);
  const claim = claimAnswer(request, { now, leaseUntil: now + times.refund });
  const reserve = asked
    ? []
    : [
        savedOrder(order, changeRefunds(order, [...order.refunds, refund], now).order),
        recordOf(command, order, refund),
      ];
  const lost = await tryCommit(on.table, [...reserve, claim]);
  return lost.length === 0 ? { order, refund } : undefined;
};

const recordOf = (
  command: Command<Route>,
  { id: orderId }: Order,
  { number, requestedAt: at }: Refund,
): Write =>
  actOfKey(command, {
    action: "refund.requested",
    decidedBy: "orders:write",
    at,
    about: { orderId, refund: String(number) },
  });

const askedBefore = ({ refunds }: Order, { scope, key, canonical }: IdempotencyRequest) => {
  const asked = refunds.find(({ request }) => request?.scope === scope && request.key === key);
  if (asked?.request && asked.request.canonical !== canonical)
    throw new Refusal(
      "idempotency_conflict",
      "This Idempotency-Key was used for another refund of this order. Use a new key for a new refund.",
    );
  return asked;
};

const newRefund = (order: Order, body: NewRefund, request: IdempotencyRequest, now: Instant): Refund => {
  refuseUnrefundable(order);
  refuseMixed(body);
  const parts = partsOf(order, body, refundStepOf(order.quote.currency));
  refuseTooMany(order, parts.lines.length);
  return {
    ...parts,
    number: nextNumber(order.refunds),
    status: "requested",
    restock: body.restock,
    ...(body.restock && { backBefore: backBeforeOf(order.refunds, parts.lines) }),
    reason: body.reason,
    origin: "store",
    request,
    requestedAt: now,
    updatedAt: now,
  };
};

const refuseUnrefundable = (order: Order): void => {
  const { status, payment } = order;
  if (goesBack(order))
    throw new Refusal("conflict", `The order is ${status}: all its money goes back with it.`);
  if (payment.state === "not_required") throw new Refusal("conflict", "Nothing was paid for this order.");
  if (payment.state !== "captured")
    throw new Refusal(
      "conflict",
      "The payment is not captured yet, so there is nothing to refund. Cancel the order instead.",
    );
  if (isContested(order))
    throw new Refusal("order_disputed", "The buyer's bank disputes the payment: it decides, not a refund.");
};

const refuseMixed = ({ amount, lines, shipping, restock }: NewRefund): void => {
  if (amount !== undefined && (lines || shipping))
    throw new Refusal("invalid", "Name either an amount or lines and shipping.", { param: "$.amount" });
  if (restock && !lines && (amount !== undefined || shipping))
    throw new Refusal("invalid", "Only pieces go back into stock: name the lines.", { param: "$.restock" });
};

const refuseTooMany = ({ refunds }: Order, lines: number): void => {
  const kept = refunds.reduce((sum, refund) => sum + refund.lines.length, 0);
  if (refunds.length >= limits.refunds || kept + lines > limits.lines)
    throw new Refusal("limit_exceeded", `An order has at most ${limits.refunds} refunds.`);
};
