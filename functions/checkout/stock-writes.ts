import { stockDepleted } from "#events/stock-depleted.ts";
import type { Offer } from "#functions/catalog/product.ts";
import { releaseStock, reserveStock } from "#functions/catalog/stock.store.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import type { Quote } from "#functions/pricing/pricing.ts";
import type { Write } from "#functions/runtime/table.ts";
import { releaseDiscount, useDiscount } from "#functions/store/discount.store.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import type { Checkout } from "./checkout.ts";
import type { Offers } from "./quote-checkout.ts";

/** Takes what a quote promises: the pieces of each product and one use of each limited discount code. */
export const reservationOf = (checkout: Checkout, quote: Quote, offers: Offers, now: Instant): Write[] => [
  ...checkout.lines.flatMap(({ productId, quantity }) => {
    const offer = offers.get(productId);
    return offer ? take(checkout, offer, productId, quantity, now) : [];
  }),
  ...limited(quote).map(({ code, limit }) => useDiscount(checkout.storeId, code, limit)),
];

/** What a checkout was quoted, and its order owes. */
type Bought = { readonly storeId: StoreId; readonly quote: Quote };

/**
 * Gives back exactly what `reservationOf` took, as long as it is not sold; whoever commits it does so once, by the
 * move beside it.
 */
export const releaseOf = (bought: Bought): Write[] => [
  ...bought.quote.lines.map(({ productId, quantity }) =>
    releaseStock({ storeId: bought.storeId, productId, quantity }),
  ),
  ...discountReleaseOf(bought),
];

export const discountReleaseOf = ({ storeId, quote }: Bought): Write[] =>
  limited(quote).map(({ code }) => releaseDiscount(storeId, code));

const limited = (quote: Quote) =>
  quote.discounts.flatMap(({ code, usageLimit }) =>
    usageLimit === undefined ? [] : [{ code, limit: usageLimit }],
  );

/** Whoever takes the last piece says so: the event belongs to that write. */
const take = (
  { storeId, livemode }: Checkout,
  { stock }: Offer,
  productId: ProductId,
  quantity: number,
  now: Instant,
): Write[] => {
  const { write, depletion } = reserveStock({ storeId, productId, quantity }, stock);
  if (depletion === undefined) return [write];
  return [
    write,
    recordEvent({
      definition: stockDepleted,
      storeId,
      livemode,
      subject: `product:${productId}`,
      version: depletion,
      occurredAt: now,
      data: { productId },
    }),
  ];
};
