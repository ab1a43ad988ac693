import { z } from "zod";
import type { Line } from "#functions/checkout/contents.ts";
import { linesOf, piecesOf, sentOf } from "#functions/fulfillment/fulfillment.ts";
import { goesBack, type Order } from "./order.ts";
import { refundedLine, returnedPieces } from "./refund.ts";

/** How far an order has come to its buyer: counted, never stored. */
export const Progress = z.enum(["unfulfilled", "partial", "fulfilled", "delivered"]);
export type Progress = z.infer<typeof Progress>;

type Parts = Pick<Order, "refunds" | "fulfillments">;

/** What may still be sent of a line: not what was sent or is being packed, nor what the money went back for. */
export const owedOf = ({ refunds, fulfillments }: Parts, { productId, quantity }: Line): number =>
  Math.max(0, quantity - refundedLine(refunds, productId).quantity - sentOf(fulfillments, productId).taken);

/** Whether pieces that are not sent are owed again should Stripe refuse a refund; what a bank sends back has its own alarm. */
export const mayBeOwedAgain = (order: Parts & Pick<Order, "quote">): boolean => {
  const settled = { ...order, refunds: order.refunds.filter(({ status }) => status !== "requested") };
  return order.quote.lines.some((line) => owedOf(settled, line) > owedOf(order, line));
};

/** What the buyer has, or still is to have. */
export const currentOf = (order: Pick<Order, "status" | "refunds">, { productId, quantity }: Line): number =>
  goesBack(order) ? 0 : Math.max(0, quantity - returnedPieces(order.refunds, productId));

/** Out of the house, and of what the buyer still is to have. */
export const fulfilledOf = (order: Parts & Pick<Order, "status">, line: Line): number =>
  Math.min(currentOf(order, line), sentOf(order.fulfillments, line.productId).dispatched);

export const progressOf = (order: Parts & Pick<Order, "status" | "quote">): Progress => {
  const lines = order.quote.lines.filter((line) => currentOf(order, line) > 0);
  if (!lines.some((line) => sentOf(order.fulfillments, line.productId).taken > 0)) return "unfulfilled";
  const all = (count: (line: Line) => number) => lines.every((line) => count(line) >= currentOf(order, line));
  if (all(({ productId }) => sentOf(order.fulfillments, productId).delivered)) return "delivered";
  return all((line) => fulfilledOf(order, line)) ? "fulfilled" : "partial";
};

/** Whether pieces are out of the house that did not come back: such an order is not taken back as if nothing had been sent. */
export const isOut = ({ fulfillments }: Pick<Order, "fulfillments">): boolean =>
  fulfillments.some((fulfillment) =>
    linesOf(fulfillment).some(({ productId }) => {
      const { shipped, delivered } = piecesOf(fulfillment, productId);
      return shipped + delivered > 0;
    }),
  );
