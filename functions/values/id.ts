import { z } from "zod";

/**
 * Ids carry their kind: `ord_` and 26 Crockford base32 characters (128 random bits, so nobody guesses one).
 * An id that stands for an effect is derived from the id before it, never drawn again: a repeat then maps
 * to the same effect.
 */
const idOf = <P extends string>(prefix: P) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), {
    error: `must be ${prefix}_ and 26 characters`,
  }) as unknown as z.ZodType<`${P}_${string}`, `${P}_${string}`>;

export const StoreId = idOf("store");
export type StoreId = z.infer<typeof StoreId>;
export const PrincipalId = idOf("prn");
export type PrincipalId = z.infer<typeof PrincipalId>;
export const CheckoutId = idOf("chk");
export type CheckoutId = z.infer<typeof CheckoutId>;
export const OrderId = idOf("ord");
export type OrderId = z.infer<typeof OrderId>;
export const EndpointId = idOf("we");
export type EndpointId = z.infer<typeof EndpointId>;
/** A blind index of an e-mail address in one store (`privacy/customer-index.ts`). Stripe's customers are `cus_…`. */
export const CustomerId = idOf("cust");
export type CustomerId = z.infer<typeof CustomerId>;
export const ErasureId = idOf("era");
export type ErasureId = z.infer<typeof ErasureId>;
export const ReplayId = idOf("rpl");
export type ReplayId = z.infer<typeof ReplayId>;
export const SupportGrantId = idOf("sup");
export type SupportGrantId = z.infer<typeof SupportGrantId>;

/** A product id is the store's own (its SKU). */
export const ProductId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: "must be 1 to 64 of A-Z a-z 0-9 . _ -" });
export type ProductId = z.infer<typeof ProductId>;

/** Bytes from a cryptographic source; injected so that a simulated run repeats. */
export type RandomBytes = (count: number) => Uint8Array;

/** From 0 up to 1. */
export const fraction = (random: RandomBytes): number => Buffer.from(random(4)).readUInt32BE() / 2 ** 32;

/** What follows an id's prefix; each is as likely as any other in the first place. */
export const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** A new id of the given kind, from 128 random bits. */
export const newId = <P extends string>(prefix: P, random: RandomBytes): `${P}_${string}` =>
  `${prefix}_${crockford(random(16))}`;

/** An order has its checkout's id under another prefix: a checkout can become one order only. */
export const orderIdOf = (checkoutId: CheckoutId): OrderId => `ord_${checkoutId.slice("chk_".length)}`;
export const checkoutIdOf = (orderId: OrderId): CheckoutId => `chk_${orderId.slice("ord_".length)}`;

const crockford = (bytes: Uint8Array): string => {
  let bits = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) << 2n;
  let text = "";
  for (let index = 0; index < 26; index += 1) {
    text = alphabet.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
};
