import { z } from "zod";
import { Currency } from "#functions/values/money.ts";
import { type Offer, Product, Stock } from "./product.ts";

/** A product as our own API answers it: what was answered can be put again as it is. */
export const ProductAnswer = z.object({ ...Product.shape, currency: Currency, stock: Stock });
export type ProductAnswer = z.infer<typeof ProductAnswer>;

export const showProduct = ({ product, stock }: Offer, currency: Currency): ProductAnswer => ({
  ...product,
  currency,
  // Without what only buyers need to race for it.
  stock: Stock.parse(stock),
});
