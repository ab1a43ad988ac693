import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, hours, type Instant, minutes, seconds } from "#functions/values/clock.ts";
import { searchedPayment } from "./payment.store.ts";
import { isMadeBy, metadataOf, type Payment, type Search } from "./payment.ts";
import type { PaymentIntent, Stripe } from "./stripe.ts";

/** Stripe's clock and ours may differ by this much. */
const skew = minutes(5);

/** So long after its request an attempt's PaymentIntent was nearly always created: looked through first. */
const near = minutes(15);

/** What was created longer ago than this is listed by now, by whichever clock. */
const settling = minutes(10);

/** An idempotency key is believed this long; Stripe forgets it after 24 hours. */
export const keyLife = hours(23);

export type Found = { found: "intent"; intent: PaymentIntent } | { found: "none" } | { found: "unfinished" };

export type Finds = {
  stripe: Pick<Stripe, "listPaymentIntents">;
  table: Pick<Table, "commit">;
  now: Clock;
  deployment: string;
  remaining: () => number;
};

/**
 * Looks an attempt's PaymentIntent up by when it must have been created and by our ids on it. Listing, because
 * Stripe's search lags behind by minutes, and "none" must mean none. How far it came stands in the payment's row: on
 * an account that makes thousands a day the next invocation goes on there, and it comes to an end.
 */
export const findPaymentIntent =
  (on: Finds) =>
  (payment: Payment): Promise<Found> =>
    findFrom(on, payment, payment.searched ?? { from: payment.requestedAt - skew }, on.now());

const findFrom = async (on: Finds, payment: Payment, search: Search, now: Instant): Promise<Found> => {
  const to = search.page?.to ?? endOf(payment, search, now);
  if (search.from >= to) return { found: "none" };
  if (on.remaining() < seconds(2)) return { found: "unfinished" };
  const page = await on.stripe.listPaymentIntents(payment, { from: search.from, to }, search.page?.after);
  if (page.outcome !== "answered") return { found: "unfinished" };
  const intent = page.intents.find((each) => isOf(on, each, payment));
  if (intent) return { found: "intent", intent };
  const last = page.more ? page.intents.at(-1) : undefined;
  const next = last ? { from: search.from, page: { to, after: last.id } } : { from: to };
  // Where another run wrote its own place meanwhile, that one is as true.
  if (to <= now - settling) await tryCommit(on.table, [searchedPayment(payment, next)]);
  return findFrom(on, payment, next, now);
};

/** What is settled first, and is then never looked at again; the last minutes anew each time, to their end. */
const endOf = ({ requestedAt }: Payment, { from }: Search, now: Instant): Instant => {
  const last = Math.min(now, requestedAt + keyLife) + skew;
  const settled = now - settling;
  const end = from < requestedAt + near ? Math.min(requestedAt + near, last) : last;
  return from < settled ? Math.min(end, settled) : end;
};

const isOf = (on: Finds, intent: PaymentIntent, payment: Payment): boolean =>
  isMadeBy(on.deployment, intent.metadata) &&
  Object.entries(metadataOf(payment)).every(([name, value]) => intent.metadata[name] === value);
