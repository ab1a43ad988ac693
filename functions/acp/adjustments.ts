import type { Dispute, DisputeStatus } from "#functions/order/dispute.ts";
import type { Order } from "#functions/order/order.ts";
import type { Refund, RefundStatus } from "#functions/order/refund.ts";
import { toIso } from "#functions/values/clock.ts";
import { displayMoney } from "#functions/values/money.ts";
import { lineId } from "./delivery.ts";
import type { AcpOrder } from "./order.ts";
import type { AcpMessage } from "./session.ts";
import type { Total } from "./total.ts";

type Adjustment = NonNullable<AcpOrder["adjustments"]>[number];

/** What became of the order since it was placed, oldest first: one for its cancellation, each refund, each dispute. */
export const adjustmentsOf = (order: Order): Adjustment[] =>
  [
    ...order.refunds.map((refund) => refundOf(order, refund)),
    ...order.disputes.map((dispute, index) => disputeOf(order, dispute, index)),
    ...cancellationOf(order),
  ].sort((left, right) => left.occurred_at.localeCompare(right.occurred_at));

/** ACP: the sum of the completed refunds; `total` stays what was charged. */
export const amountRefundedOf = ({ refunds }: Order): Total[] => {
  const amount = refunds.reduce(
    (sum, refund) => sum + (refund.status === "succeeded" ? refund.amount : 0),
    0,
  );
  return amount === 0 ? [] : [{ type: "amount_refunded", display_text: "Refunded", amount }];
};

/** For a session of 2026-01-30, whose order has no room for them. */
export const adjustmentMessages = (order: Order): AcpMessage[] =>
  adjustmentsOf(order).map(({ description, amount, status }) => ({
    type: "info",
    severity: "info",
    param: "$.order",
    content_type: "plain",
    content: [
      description,
      ...(amount === undefined ? [] : [displayMoney(amount, order.quote.currency)]),
      `(${status})`,
    ].join(" "),
  }));

const idOf = ({ id }: Order, part = ""): string => `adj_${id.slice("ord_".length)}${part}`;

const refundStatuses = {
  requested: "pending",
  pending: "pending",
  succeeded: "completed",
  failed: "failed",
} as const satisfies Record<RefundStatus, string>;

const refundOf = (order: Order, refund: Refund): Adjustment => ({
  id: idOf(order, `_${refund.number}`),
  type: "refund",
  occurred_at: toIso(refund.requestedAt),
  status: refundStatuses[refund.status],
  ...(refund.lines.length > 0 && {
    line_items: refund.lines.map(({ productId, quantity }) => ({ id: lineId(productId), quantity })),
  }),
  amount: refund.amount,
  currency: order.quote.currency,
  description: refund.shipping ? "Refund, shipping included." : "Refund.",
  reason: refund.reason,
});

/** `failed`: the store has won it, so nothing is credited to the buyer. */
const disputeStatuses = {
  open: "pending",
  lost: "completed",
  won: "failed",
} as const satisfies Record<DisputeStatus, string>;

/** An inquiry moves no money, so it names none. The bank's reason stays with the store. */
const disputeOf = (order: Order, { status, kind, amount, openedAt }: Dispute, index: number): Adjustment => ({
  id: idOf(order, `_d${index + 1}`),
  type: "dispute",
  occurred_at: toIso(openedAt),
  status: disputeStatuses[status],
  ...(kind === "chargeback" && { amount, currency: order.quote.currency }),
  description: "The payment is questioned at the buyer's bank.",
});

/** It names no amount: what was only held was let go, and what was taken is a refund of its own. */
const cancellationOf = (order: Order): Adjustment[] =>
  order.canceledAt === undefined
    ? []
    : [
        {
          id: idOf(order),
          type: "cancellation",
          occurred_at: toIso(order.canceledAt),
          status: order.status === "canceled" ? "completed" : "pending",
          description: "The order was canceled.",
        },
      ];
