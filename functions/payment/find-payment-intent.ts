import { type Clock, hours, minutes, seconds } from "#functions/values/clock.ts";
import { isMadeBy, metadataOf, type Payment } from "./payment.ts";
import type { CreationWindow, PaymentIntent, Stripe } from "./stripe.ts";

/** Stripe's clock and ours may differ by this much. */
const skew = minutes(5);

/** An idempotency key is believed this long; Stripe forgets it after 24 hours. */
export const keyLife = hours(23);

export type Found = { found: "intent"; intent: PaymentIntent } | { found: "none" } | { found: "unfinished" };

/**
 * Looks an attempt's PaymentIntent up by when it must have been created and by our ids on it. Listing, because
 * Stripe's search lags behind by minutes, and "none" must mean none.
 */
export const findPaymentIntent =
  (on: Finds) =>
  (payment: Payment): Promise<Found> =>
    findFrom(on, payment, {
      from: payment.requestedAt - skew,
      to: Math.min(on.now(), payment.requestedAt + keyLife) + skew,
    });

type Finds = {
  stripe: Pick<Stripe, "listPaymentIntents">;
  now: Clock;
  deployment: string;
  remaining: () => number;
};

const findFrom = async (
  on: Finds,
  payment: Payment,
  window: CreationWindow,
  after?: string,
): Promise<Found> => {
  if (on.remaining() < seconds(2)) return { found: "unfinished" };
  const page = await on.stripe.listPaymentIntents(payment, window, after);
  if (page.outcome !== "answered") return { found: "unfinished" };
  const intent = page.intents.find((each) => isOf(on, each, payment));
  if (intent) return { found: "intent", intent };
  const last = page.more ? page.intents.at(-1) : undefined;
  return last ? findFrom(on, payment, window, last.id) : { found: "none" };
};

const isOf = (on: Finds, intent: PaymentIntent, payment: Payment): boolean =>
  isMadeBy(on.deployment, intent.metadata) &&
  Object.entries(metadataOf(payment)).every(([name, value]) => intent.metadata[name] === value);
