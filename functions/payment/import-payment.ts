import { savedCheckout } from "#functions/checkout/checkout.store.ts";
import { type Checkout, moved } from "#functions/checkout/checkout.ts";
import type { Offers } from "#functions/checkout/quote-checkout.ts";
import { reservationOf } from "#functions/checkout/stock-writes.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import type { Seen } from "./divergence.ts";
import { importedPayment } from "./payment.store.ts";

export type Imports = {
  products: { getMany(storeId: StoreId, ids: readonly ProductId[]): Promise<Offers> };
  table: Pick<Table, "commit">;
  now: Clock;
};

/**
 * Brings back a payment whose row a restore has lost: the row as it was before Stripe was asked, now with the
 * PaymentIntent that came of it, and the checkout as a run left it that died then. Whoever takes the checkout over
 * looks the PaymentIntent up instead of making it, so order, events and ids come out as they were. What the checkout
 * took of stock is lost with the rest and is taken again.
 */
export const importPayment =
  (on: Imports) =>
  async (
    checkout: Checkout,
    attempt: number,
    seen: Seen,
  ): Promise<"imported" | "changed_meanwhile" | "out_of_stock"> => {
    const offers = await on.products.getMany(
      checkout.storeId,
      checkout.lines.map(({ productId }) => productId),
    );
    const lost = await tryCommit(on.table, importing(checkout, { attempt, seen, offers, now: on.now() }));
    if (lost.length === 0) return "imported";
    return lost.some(({ key }) => key.sk === "checkout") ? "changed_meanwhile" : "out_of_stock";
  };

type Found = { attempt: number; seen: Seen; offers: Offers; now: Instant };

const importing = (before: Checkout, { attempt, seen, offers, now }: Found): Write[] => {
  const { account, intent } = seen;
  const checkout = moved(before, "completing", now, {
    epoch: before.epoch + 1,
    // Over at once: the next run takes it over.
    leaseUntil: now,
    messages: [],
    attempt,
    completingSince: now,
    // It was written with the row that is lost: what is there still, somebody said of another attempt.
    consent: undefined,
  });
  return [
    savedCheckout(before, checkout),
    ...reservationOf(checkout, checkout.quote, offers, now),
    importedPayment({
      storeId: checkout.storeId,
      checkoutId: checkout.id,
      attempt,
      livemode: account.livemode,
      stripeAccount: account.stripeAccount,
      amount: checkout.quote.totals.total,
      currency: checkout.quote.currency,
      // Only matters to a request, and none will be made.
      tokenKind: "pm",
      canAuthenticate: false,
      epoch: checkout.epoch,
      paymentIntentId: intent.id,
      requestedAt: intent.created,
    }),
  ];
};
