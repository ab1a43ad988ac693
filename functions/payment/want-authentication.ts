import { storeCheckoutAnswer } from "#functions/checkout/answer-store.ts";
import { savedCheckout } from "#functions/checkout/checkout.store.ts";
import { type Checkout, moved, times } from "#functions/checkout/checkout.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { PaymentIntent } from "./stripe.ts";

export type DirectoryServer = NonNullable<Checkout["directoryServer"]>;

/** By Stripe's name for a card's brand. Any other, or none, is at no directory server that ACP has a word for. */
const directoryServers = new Map<string | undefined, DirectoryServer>([
  ["amex", "american_express"],
  ["mastercard", "mastercard"],
  ["visa", "visa"],
]);

export const directoryServerOf = (intent: PaymentIntent | undefined): DirectoryServer | undefined =>
  directoryServers.get(intent?.error?.cardBrand);

/**
 * The buyer must prove who they are: what was reserved stays so for as long as the lease, and the request that
 * asked to buy has its answer. The next request brings the proof and is a new attempt.
 */
export const wantAuthentication = (before: Checkout, at: DirectoryServer, now: Instant): Write[] => {
  const after = moved(before, "authenticating", now, {
    directoryServer: at,
    leaseUntil: now + times.authentication,
    completion: undefined,
  });
  return [
    savedCheckout(before, after),
    ...(before.completion ? [storeCheckoutAnswer(before.completion, after, { now, status: 200 })] : []),
  ];
};
