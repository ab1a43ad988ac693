import { z } from "zod";
import { Address } from "#functions/values/address.ts";
import { ProductId } from "#functions/values/id.ts";

export const Line = z.object({ productId: ProductId, quantity: z.int().min(1).max(9_999) });
export type Line = z.infer<typeof Line>;

/** Personal data, as any protocol gives it: sealed as field class `contact`. */
export const Contact = z.object({
  buyer: z
    .object({
      email: z.email().max(254),
      firstName: z.string().max(128).optional(),
      lastName: z.string().max(128).optional(),
      fullName: z.string().max(256).optional(),
      phone: z.string().max(32).optional(),
    })
    .optional(),
  delivery: z
    .object({
      name: z.string().max(256).optional(),
      phone: z.string().max(32).optional(),
      email: z.email().max(254).optional(),
      address: Address.optional(),
    })
    .optional(),
});
export type Contact = z.infer<typeof Contact>;

/**
 * Everything that the caller decides, whole: a façade that takes partial changes merges them first
 * (`change(checkout, contents)` knows no partial).
 */
export const Contents = z.object({
  lines: z.array(Line).min(1).max(40),
  contact: Contact,
  selectedOptionId: z.string().max(64).optional(),
  discountCodes: z.array(z.string().min(1).max(64)).max(10),
  /** Sealed as `notes`. */
  notes: z.string().max(5_000).optional(),
});
export type Contents = z.infer<typeof Contents>;

/** Lines that share a product are one line before stock is looked at: two lines must not pass the same check twice. */
export const mergeLines = (lines: readonly Line[]): Line[] => {
  const merged = new Map<ProductId, number>();
  for (const line of lines) merged.set(line.productId, (merged.get(line.productId) ?? 0) + line.quantity);
  return [...merged].map(([productId, quantity]) => ({ productId, quantity }));
};
