import type { Line } from "#functions/checkout/contents.ts";
import { allocate } from "#functions/pricing/fraction.ts";
import type { PricedLine } from "#functions/pricing/pricing.ts";
import { displayMoney } from "#functions/values/money.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Order, refundableOf } from "./order.ts";
import { isShippingRefunded, type Refund, type RefundLine, refundedLine } from "./refund.ts";

/** What is asked for: pieces and shipping, or a plain amount, or, with nothing named, all that is left. */
export type Wanted = {
  readonly lines?: readonly Line[] | undefined;
  readonly shipping?: true | undefined;
  readonly amount?: number | undefined;
};

export type Parts = Pick<Refund, "amount" | "lines" | "shipping">;

/**
 * What a refund comes to. `step`: what its amount has to be a multiple of. Refuses what is more than is left, in
 * pieces or in money, and what comes to nothing.
 */
export const partsOf = (order: Order, wanted: Wanted, step: number): Parts => {
  const left = refundableOf(order);
  const parts = named(order, wanted, step) ?? partsLeft(order, left, step);
  if (left === 0) throw exceeded("Nothing of this order is left to refund.");
  if (parts.amount > left)
    throw exceeded(
      `${money(order, parts.amount)} were asked for, ${money(order, left)} of this order are left to refund.`,
      wanted.amount === undefined ? {} : { param: "$.amount" },
    );
  refuseUnpayable(order, parts, step);
  return parts;
};

/** So much for every piece that no refund is for, and for shipping unless it was given back. */
export const partsLeft = (order: Order, amount: number, step: number): Parts => {
  const shipping = shippingTotal(order) > 0 && !isShippingRefunded(order.refunds);
  const lines = order.quote.lines.flatMap((line) => {
    const quantity = line.quantity - refundedLine(order.refunds, line.productId).quantity;
    return quantity > 0 ? [partOf(order, line, quantity, step)] : [];
  });
  return { amount, shipping, lines: within(amount, lines, shipping ? shippingTotal(order) : 0) };
};

/** Where plain amounts were given back before, less is left than the pieces are worth: each gets its share of it. */
const within = (amount: number, lines: RefundLine[], fee: number): RefundLine[] => {
  const worths = [...lines.map((line) => line.amount), fee];
  if (worths.reduce((sum, each) => sum + each, 0) <= amount) return lines;
  const shares = allocate(amount, worths, [...lines.map(({ productId }) => productId), ""]);
  return lines.map((line, index) => ({ ...line, amount: shares[index] ?? 0 }));
};

const named = (order: Order, { lines, shipping, amount }: Wanted, step: number): Parts | undefined => {
  if (amount !== undefined) return { amount, lines: [], shipping: false };
  if (lines === undefined && shipping === undefined) return undefined;
  const parts = (lines ?? []).map((line, index) => askedPart(order, line, index, step));
  const fee = shipping ? askedShipping(order) : 0;
  return { amount: parts.reduce((sum, part) => sum + part.amount, fee), lines: parts, shipping: fee > 0 };
};

const askedPart = (order: Order, { productId, quantity }: Line, index: number, step: number): RefundLine => {
  const line = order.quote.lines.find((each) => each.productId === productId);
  if (!line)
    throw new Refusal("invalid", "This product is not in the order.", {
      param: `$.lines[${index}].productId`,
    });
  const left = line.quantity - refundedLine(order.refunds, productId).quantity;
  if (quantity > left)
    throw exceeded(`${quantity} pieces were asked for, ${left} of ${line.quantity} are left to refund.`, {
      param: `$.lines[${index}].quantity`,
    });
  return partOf(order, line, quantity, step);
};

/**
 * The part of a line that its next pieces are worth: what all up to them are worth, less what went back already.
 * So the parts of a line sum to what was paid for it, in whatever portions, and even where one of them failed.
 */
const partOf = (order: Order, line: PricedLine, quantity: number, step: number): RefundLine => {
  const before = refundedLine(order.refunds, line.productId);
  const amount = Math.max(0, worth(line, before.quantity + quantity, step) - before.amount);
  return { productId: line.productId, quantity, amount };
};

/** What the first so many pieces of a line cost, discount taken off and tax included; only the last takes odd units. */
const worth = ({ quantity, totals }: PricedLine, pieces: number, step: number): number =>
  pieces >= quantity
    ? totals.total
    : Number((BigInt(totals.total) * BigInt(pieces)) / BigInt(quantity * step)) * step;

const askedShipping = (order: Order): number => {
  if (isShippingRefunded(order.refunds))
    throw exceeded("The shipping price was given back before.", { param: "$.shipping" });
  return shippingTotal(order);
};

const shippingTotal = ({ quote }: Order): number =>
  quote.options.find(({ id }) => id === quote.selectedOptionId)?.total ?? 0;

const refuseUnpayable = (order: Order, { amount }: Parts, step: number): void => {
  if (amount === 0) throw new Refusal("invalid", "These parts of the order cost nothing.");
  if (amount % step === 0) return;
  throw new Refusal(
    "invalid",
    `${money(order, amount)} is no multiple of ${money(order, step)}, which cards demand in this currency. Name an amount that is.`,
  );
};

const money = ({ quote }: Order, amount: number): string => displayMoney(amount, quote.currency);

const exceeded = (text: string, more: { param?: string } = {}): Refusal =>
  new Refusal("refund_exceeds_payment", text, more);
