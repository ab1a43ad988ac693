import { z } from "zod";
import type { Currency } from "#functions/values/money.ts";
import type { Offer } from "./product.ts";

/** A product as ACP's product feed has it (2026-04-17); what it costs in the end its checkout says. */
const Text = z.strictObject({ plain: z.string() });
const Medium = z.strictObject({ type: z.literal("image"), url: z.url() });
export const FeedProduct = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: Text.optional(),
  media: z.array(Medium).optional(),
  variants: z.array(
    z.strictObject({
      /** What a checkout's item is called by. */
      id: z.string(),
      title: z.string(),
      /** ISO 4217 in upper case here; in lower case at checkout. */
      price: z.strictObject({ amount: z.int(), currency: z.string() }),
      availability: z.strictObject({
        available: z.boolean(),
        status: z.enum(["in_stock", "out_of_stock", "discontinued"]),
      }),
      seller: z.strictObject({ name: z.string() }),
    }),
  ),
});
export type FeedProduct = z.infer<typeof FeedProduct>;
type Status = FeedProduct["variants"][number]["availability"]["status"];

/** Each of our products is one thing, so it is its own only variant. */
export const feedProductOf = (
  { product, stock }: Offer,
  seller: { readonly name: string; readonly currency: Currency },
): FeedProduct => {
  const { id, title, description, imageUrl, unitAmount, active } = product;
  const isLeft = stock.available === null || stock.available > 0;
  const availability = (available: boolean, status: Status) => ({ available, status });
  return {
    id,
    title,
    ...(description && { description: { plain: description } }),
    ...(imageUrl && { media: [{ type: "image", url: imageUrl }] }),
    variants: [
      {
        id,
        title,
        price: { amount: unitAmount, currency: seller.currency.toUpperCase() },
        // No feed forgets a product, so one that is no longer sold says so.
        availability: active
          ? availability(isLeft, isLeft ? "in_stock" : "out_of_stock")
          : availability(false, "discontinued"),
        seller: { name: seller.name },
      },
    ],
  };
};
