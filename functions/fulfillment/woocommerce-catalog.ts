import { z } from "zod";
import type { Order } from "#functions/order/order.ts";
import type { Currency } from "#functions/values/money.ts";
import { minorUnitsOf } from "./woocommerce.ts";

/** What a product there costs now and whether it is left; a variation has the same. */
export const WooOffer = z.object({
  id: z.int(),
  status: z.string().default("publish"),
  price: z.string(),
  manage_stock: z.union([z.boolean(), z.literal("parent")]).default(false),
  stock_quantity: z.number().nullable().default(null),
  stock_status: z.string().default("instock"),
  backorders_allowed: z.boolean().default(false),
});
export type WooOffer = z.infer<typeof WooOffer>;
export const WooOffers = z.array(WooOffer);
export const wooOfferFields = Object.keys(WooOffer.shape).join(",");

const most = 1_000_000_000;

/** Pieces that may be sold; `null`: as many as are asked for. */
export const leftOf = (offer: WooOffer, parent?: WooOffer): number | null => {
  const { manage_stock, stock_status, stock_quantity, backorders_allowed } = offer;
  if (stock_status === "outofstock") return 0;
  if (manage_stock === "parent" && parent) return leftOf(parent);
  if (manage_stock !== true || backorders_allowed) return null;
  return Math.min(most, Math.max(0, Math.floor(stock_quantity ?? 0)));
};

export type Objection = "product_gone" | "sold_out" | "price_changed";

/** Whether a line may still be sold as the buyer saw it, by what is there at this moment. */
export const objectionTo = (
  line: Order["quote"]["lines"][number],
  offer: WooOffer | undefined,
  currency: Currency,
): Objection | undefined => {
  if (offer?.status !== "publish") return "product_gone";
  const left = leftOf(offer);
  if (left !== null && left < line.quantity) return "sold_out";
  return minorUnitsOf(offer.price, currency) === line.unitAmount ? undefined : "price_changed";
};
