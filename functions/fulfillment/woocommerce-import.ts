import { z } from "zod";
import type { Product } from "#functions/catalog/product.ts";
import { type Currency, MinorUnits } from "#functions/values/money.ts";
import { minorUnitsOf } from "./woocommerce.ts";
import { leftOf, WooOffer } from "./woocommerce-catalog.ts";

const Image = z.object({ src: z.string() });

export const WooProduct = z.object({
  ...WooOffer.shape,
  name: z.string(),
  type: z.string(),
  short_description: z.string().default(""),
  virtual: z.boolean().default(false),
  images: z.array(Image).default([]),
});
export type WooProduct = z.infer<typeof WooProduct>;
export const wooProductFields = Object.keys(WooProduct.shape).join(",");

export const WooVariation = z.object({
  ...WooOffer.shape,
  virtual: z.boolean().default(false),
  image: Image.nullish(),
  attributes: z.array(z.object({ option: z.string() })).default([]),
});
export type WooVariation = z.infer<typeof WooVariation>;
export const wooVariationFields = Object.keys(WooVariation.shape).join(",");

export type Imported = Product & { readonly stock: { readonly onHand: number | null } };
export const Skipped = z.object({ id: z.string(), reason: z.enum(["no_price", "type_not_sold"]) });
export type Skipped = z.infer<typeof Skipped>;
export type Import = { readonly products: Imported[]; readonly skipped: Skipped[] };

/** What is sold here of one product there: itself, or each of its variations. */
export const importOf = (
  product: WooProduct,
  variations: readonly WooVariation[],
  currency: Currency,
): Import => {
  const id = String(product.id);
  if (product.type === "simple")
    return asImport([{ id, offer: product, title: product.name }], product, currency);
  if (product.type !== "variable") return { products: [], skipped: [{ id, reason: "type_not_sold" }] };
  const parts = variations.map((offer) => {
    const options = offer.attributes.map(({ option }) => option).join(", ");
    return { id: `${id}-${offer.id}`, offer, title: `${product.name}, ${options}`, image: offer.image };
  });
  return asImport(parts, product, currency);
};

type Part = {
  readonly id: string;
  readonly offer: WooOffer & { readonly virtual: boolean };
  readonly title: string;
  readonly image?: z.infer<typeof Image> | null | undefined;
};

const asImport = (parts: readonly Part[], product: WooProduct, currency: Currency): Import => {
  const priced = parts.map((part) => ({
    ...part,
    unitAmount: MinorUnits.safeParse(minorUnitsOf(part.offer.price, currency)).data,
  }));
  return {
    products: priced.flatMap(({ unitAmount, ...part }) =>
      unitAmount === undefined ? [] : [imported(part, product, unitAmount)],
    ),
    skipped: priced
      .filter(({ unitAmount }) => unitAmount === undefined)
      .map(({ id }) => ({ id, reason: "no_price" })),
  };
};

const imported = ({ id, offer, title, image }: Part, product: WooProduct, unitAmount: number): Imported => {
  const text = plain(product.short_description).slice(0, 5_000);
  const imageUrl = (image ?? product.images[0])?.src;
  return {
    id,
    title: (plain(title) || id).slice(0, 256),
    ...(text && { description: text }),
    unitAmount,
    ...(isPicture(imageUrl) && { imageUrl }),
    digital: offer.virtual,
    active: product.status === "publish" && offer.status === "publish",
    stock: { onHand: leftOf(offer, product) },
  };
};

const isPicture = (url: string | undefined): url is string =>
  url !== undefined && url.length <= 2_048 && URL.canParse(url) && new URL(url).protocol === "https:";

/** Agents read no HTML. */
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, " ")
    .replace(/&(amp|lt|gt|quot|#0?39|nbsp);/g, (_, name: string) => entities[name] ?? " ")
    .replace(/\s+/g, " ")
    .trim();
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#039": "'",
};
