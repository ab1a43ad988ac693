import { startPayment } from "#functions/payment/payment.store.ts";
import type { Write } from "#functions/runtime/table.ts";
import { digestsOf } from "#functions/store/policy.ts";
import type { Store } from "#functions/store/store.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { Checkout } from "./checkout.ts";
import type { Completion } from "./completion.ts";

type Request = NonNullable<Completion["request"]>;

/** Written with the attempt: whenever its order is placed, the store's policies may be others by then. */
export const consentTo = (
  { policies }: Store,
  { version, keyId }: Request,
  now: Instant,
): NonNullable<Checkout["consent"]> => ({
  at: now,
  version,
  keyId,
  terms: digestsOf(policies),
});

/**
 * The payment row of the checkout's current attempt: every parameter of the call to Stripe, written down before
 * it is made. A free checkout has none.
 */
export const startAttempt = (checkout: Checkout, store: Store, request: Request, now: Instant): Write[] => {
  if (checkout.quote.totals.total === 0) return [];
  if (!request.token)
    throw new Error("a checkout that costs something was completed without a payment token");
  return [
    startPayment({
      storeId: checkout.storeId,
      checkoutId: checkout.id,
      attempt: checkout.attempt,
      livemode: checkout.livemode,
      stripeAccount: store.stripeAccount,
      amount: checkout.quote.totals.total,
      currency: checkout.quote.currency,
      tokenKind: request.token.kind,
      sealedToken: request.token.sealed,
      sealedAuthentication: request.authentication,
      canAuthenticate: store.threeDSecure !== undefined && checkout.channel.interventions.includes("3ds"),
      epoch: checkout.epoch,
      requestedAt: now,
    }),
  ];
};
