import type { Offer } from "#functions/catalog/product.ts";
import { chargeable } from "#functions/payment/currency.ts";
import type { DiscountFound } from "#functions/pricing/discount.ts";
import { priceCheckout, type Quote } from "#functions/pricing/pricing.ts";
import { digestsOf } from "#functions/store/policy.ts";
import { tellsOfAssistants } from "#functions/store/privacy-paragraph.ts";
import type { Store } from "#functions/store/store.ts";
import { storefrontVersion } from "#functions/store/storefront.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Checkout } from "./checkout.ts";
import { type Message, statusFor } from "./message.ts";
import { adviseOn } from "./quote-messages.ts";

/** What the catalog says of the products of a checkout, now. */
export type Offers = ReadonlyMap<ProductId, Offer>;

export type QuoteSources = {
  products: { getMany(storeId: StoreId, ids: readonly ProductId[]): Promise<Offers> };
  discounts: {
    find(storeId: StoreId, codes: readonly string[]): Promise<readonly DiscountFound[]>;
  };
};

/** The part of a checkout that its price depends on. */
export type Wanted = Pick<Checkout, "lines" | "destination" | "selectedOptionId" | "discountCodes" | "has">;

export type Quoted = {
  readonly quote: Quote;
  readonly policiesSha256: string;
  readonly storefront: string;
  readonly messages: readonly Message[];
  readonly status: "open" | "ready";
  readonly offers: Offers;
};

/** Prices what is wanted by what the catalog and the store say now, and says what stands in the way of buying it. */
export const quoteCheckout =
  (on: QuoteSources) =>
  async (store: Store, wanted: Wanted, now: Instant): Promise<Quoted> => {
    const [offers, discounts] = await Promise.all([
      on.products.getMany(
        store.id,
        wanted.lines.map((line) => line.productId),
      ),
      on.discounts.find(store.id, wanted.discountCodes),
    ]);
    const quote = priceCheckout({
      currency: store.currency,
      lines: wanted.lines.map((line, index) =>
        pricedBy(offerOf(offers, line.productId, index), line.quantity),
      ),
      discounts,
      destination: wanted.destination,
      shippingOptions: store.shippingOptions,
      selectedOptionId: wanted.selectedOptionId,
      taxes: store.taxes,
      now,
    });
    const messages = adviseOn({
      wanted,
      offers,
      quote,
      chargeable: chargeable(quote.totals.total, store.currency),
      tellsOfAssistants: tellsOfAssistants(store),
    });
    const { sha256: policiesSha256 } = digestsOf(store.policies);
    const storefront = storefrontVersion(store);
    return { quote, policiesSha256, storefront, messages, status: statusFor(messages), offers };
  };

const offerOf = (offers: Offers, productId: ProductId, index: number): Offer => {
  const offer = offers.get(productId);
  if (offer) return offer;
  throw new Refusal("invalid_item_id", "This store sells no product with this id.", {
    param: `$.lines[${index}].productId`,
  });
};

const pricedBy = ({ product }: Offer, quantity: number) => ({
  productId: product.id,
  title: product.title,
  quantity,
  unitAmount: product.unitAmount,
  digital: product.digital,
});
