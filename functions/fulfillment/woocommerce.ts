import { z } from "zod";
import type { Contact } from "#functions/checkout/contents.ts";
import type { Order } from "#functions/order/order.ts";
import type { LineTotals } from "#functions/pricing/pricing.ts";
import type { Address } from "#functions/values/address.ts";
import { type Instant, toIso } from "#functions/values/clock.ts";
import { OrderId, type ProductId } from "#functions/values/id.ts";
import { type Currency, exponentOf } from "#functions/values/money.ts";

/** What WooCommerce's REST API v3 calls things, and how an order of ours is one of its own. */

/** A product of WooCommerce is ours by its number, and a variation by its product's and its own: `31-34`. */
export type WooId = { readonly product: number; readonly variation?: number };

export const wooIdOf = (productId: ProductId): WooId | undefined => {
  const [, product, variation] = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(productId) ?? [];
  if (product === undefined) return undefined;
  return { product: Number(product), ...(variation !== undefined && { variation: Number(variation) }) };
};

/** Amounts are decimals as text there. */
export const decimalOf = (amount: number, currency: Currency): string =>
  (amount / 10 ** exponentOf(currency)).toFixed(exponentOf(currency));

/** `undefined`: no price, or finer than the currency. */
export const minorUnitsOf = (decimal: string, currency: Currency): number | undefined => {
  const [, sign = "", whole, part = ""] = /^(-?)(\d{1,10})(?:\.(\d+))?$/.exec(decimal) ?? [];
  const exponent = exponentOf(currency);
  if (whole === undefined || /[1-9]/.test(part.slice(exponent))) return undefined;
  return Number(`${sign}${whole}${part.slice(0, exponent).padEnd(exponent, "0")}`);
};

/** Our order's id in its meta data: by it an order is found again, for no request there has a key. */
export const metaKey = "agentic_order_id";

/** As much of an order there as we read: nothing of its customers. */
export const WooOrder = z.object({
  id: z.int(),
  status: z.string(),
  total: z.string(),
  meta_data: z.array(z.object({ key: z.string(), value: z.unknown() })).default([]),
});
export type WooOrder = z.infer<typeof WooOrder>;
export const wooOrderFields = "id,status,total,meta_data";

/** It waits unpaid: it takes nothing off the shelf, and nobody ships it, until it is told to be paid. */
export const wooOrderOf = (order: Order, { contact = {}, notes }: Personal) => {
  const { quote, payment } = order;
  const money = (amount: number) => decimalOf(amount, quote.currency);
  const option = quote.options.find(({ id }) => id === quote.selectedOptionId);
  return {
    status: "pending",
    set_paid: false,
    currency: quote.currency.toUpperCase(),
    customer_id: 0,
    payment_method: "agentic_checkout",
    payment_method_title: "Paid through an assistant",
    transaction_id: payment.paymentIntentId ?? "",
    ...addressesOf(contact),
    customer_note: notes ?? "",
    line_items: quote.lines.map((line) => lineOf(line, quote.taxInclusive, money)),
    shipping_lines:
      option?.type === "shipping"
        ? [
            {
              method_id: "agentic_checkout",
              method_title: option.title,
              total: money(quote.taxInclusive ? option.amount - option.tax : option.amount),
            },
          ]
        : [],
    meta_data: [{ key: metaKey, value: order.id }],
  };
};

export type Personal = { readonly contact?: Contact | undefined; readonly notes?: string | undefined };
type Line = Order["quote"]["lines"][number];

/** Without tax, which it adds by the product's tax class. */
const lineOf = (line: Line, inclusive: boolean, money: (amount: number) => string) => {
  const { product, variation } = wooIdOf(line.productId) ?? { product: 0 };
  const { before, after } = netOf(line.totals, inclusive);
  return {
    product_id: product,
    ...(variation !== undefined && { variation_id: variation }),
    quantity: line.quantity,
    subtotal: money(before),
    total: money(after),
  };
};

/** Before and after its discount. */
const netOf = ({ base, subtotal, tax }: LineTotals, inclusive: boolean) => {
  if (!inclusive) return { before: base, after: subtotal };
  const after = subtotal - tax;
  return { before: subtotal === 0 ? base : Math.round((base * after) / subtotal), after };
};

const addressesOf = ({ buyer, delivery }: Contact) => {
  const { address } = delivery ?? {};
  const to = address ? postalOf(address) : {};
  const [first = "", last = ""] = namesOf(buyer?.fullName ?? delivery?.name ?? address?.name ?? "");
  return {
    billing: {
      ...to,
      first_name: buyer?.firstName ?? first,
      last_name: buyer?.lastName ?? last,
      ...(buyer && { email: buyer.email, phone: buyer.phone ?? "" }),
    },
    shipping: to,
  };
};

const postalOf = ({ name, company, lineOne, lineTwo, city, state, country, postalCode }: Address) => {
  const [first, last] = namesOf(name);
  return {
    first_name: first,
    last_name: last,
    company: company ?? "",
    address_1: lineOne,
    address_2: lineTwo ?? "",
    city,
    state,
    postcode: postalCode,
    country,
  };
};

/** It wants two names where people have one, or three: the last word is the last. */
const namesOf = (name: string): [string, string] => {
  const at = name.trim().lastIndexOf(" ");
  return at < 0 ? [name.trim(), ""] : [name.trim().slice(0, at), name.trim().slice(at + 1)];
};

/** Its own word for what became of the order; `set_paid` takes the pieces off its shelf. */
export const wooUpdateOf = ({ status, payment }: Order): Record<string, unknown> => {
  if (status === "canceled") return { status: "cancelled" };
  // What costs nothing needs no payment there.
  if (payment.amount === 0) return { status: "processing" };
  return { set_paid: true, transaction_id: payment.paymentIntentId ?? "" };
};

/** Its owner decides what their own books must keep, and has WooCommerce's own tool for the rest. */
export const erasureNote = (erasedAt: Instant): string =>
  `The buyer asked to be forgotten, and was erased by agentic-checkout at ${toIso(erasedAt)}. Remove their personal data here, too.`;

/** Statuses in which it takes no order any more. */
const over: readonly string[] = ["cancelled", "refunded", "failed", "trash"];
export const isOver = ({ status }: Pick<WooOrder, "status">): boolean => over.includes(status);

/** Which of our orders it is, by its own word. */
export const orderIdIn = ({ meta_data }: Pick<WooOrder, "meta_data">): OrderId | undefined =>
  OrderId.safeParse(meta_data.find(({ key }) => key === metaKey)?.value).data;

export const isOurs = ({ meta_data }: WooOrder, { id }: Pick<Order, "id">): boolean =>
  meta_data.some(({ key, value }) => key === metaKey && value === id);
