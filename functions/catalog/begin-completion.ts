import { storeCheckoutAnswer } from "#functions/checkout/answer-store.ts";
import { savedCheckout } from "#functions/checkout/checkout.store.ts";
import { type Checkout, leased, moved } from "#functions/checkout/checkout.ts";
import { type Completion, type Step, stepOf } from "#functions/checkout/completion.ts";
import type { Message } from "#functions/checkout/message.ts";
import { type Quoted, quoteCheckout } from "#functions/checkout/quote-checkout.ts";
import { consentTo, startAttempt } from "#functions/checkout/start-attempt.ts";
import { reservationOf } from "#functions/checkout/stock-writes.ts";
import { indexedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { notOurs } from "#functions/runtime/commit-step.ts";
import { claimAnswer } from "#functions/runtime/idempotency.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import { type Store, sells } from "#functions/store/store.ts";
import type { Instant } from "#functions/values/clock.ts";
import { displayMoney } from "#functions/values/money.ts";
import { type Done, done, type Held, held } from "#functions/values/outcome.ts";
import type { Act, BrakeAct } from "#functions/velocity/brake-act.ts";
import { velocityExceeded } from "#functions/velocity/velocity.ts";
import type { Reserves } from "./reserve-stock.ts";

type Request = NonNullable<Completion["request"]>;

/** How often a race for stock is run again with a fresh look at what is left. */
const tries = 3;

export type Asked = { before: Checkout; store: Store | undefined; request: Request };

/**
 * Takes stock and begins a payment attempt if the buyer gets exactly what was quoted; else the new quote is
 * written down with a message, and that is the answer. What comes too often is counted while it is quoted, and refused
 * before anything is taken.
 */
export const beginCompletion = async (on: Reserves, asked: Asked): Promise<Ending> => {
  const { before, store } = asked;
  const closed = whyClosed(asked, on.now());
  if (!store || closed) return held(stepOf(before), closed ?? notActive);
  return tryToBegin(on, asked, on.brake("purchase", purchaseOf(asked, store)), tries);
};

type Ending = Done<Step> | (Held & { retryAt?: Instant });

const tryToBegin = async (
  on: Reserves,
  asked: Asked,
  braking: ReturnType<BrakeAct>,
  left: number,
): Promise<Ending> => {
  const { before, store, request } = asked;
  const now = on.now();
  const closed = whyClosed(asked, now);
  if (!store || closed) return held(stepOf(before), closed ?? notActive);
  const wanted = withRequest(before, request);
  const [quoted, braked] = await Promise.all([quoteCheckout(on)(store, wanted, now), braking]);
  if (braked) return refuseBraked(on, before, braked.endsAt);
  const next = nextFor({ wanted, store, request, quoted, now });
  const lost = await tryCommit(on.table, [
    savedCheckout(before, next.checkout),
    ...next.writes,
    ...indexFor(before, request),
  ]);
  if (lost.length === 0) return next.outcome;
  if (lost.some(isAnotherRun) || left === 1) return notOurs(stepOf(before));
  return tryToBegin(on, { ...asked, store: await on.stores.get(before.storeId) }, braking, left - 1);
};

/**
 * What was asked of the checkout as it was is answered: a second run of the same request, which may count in another
 * window by a clock that is off, finds another one and buys nothing either.
 */
const refuseBraked = async (on: Reserves, before: Checkout, retryAt: Instant): Promise<Ending> => {
  const lost = await tryCommit(on.table, [savedCheckout(before, moved(before, before.status, on.now()))]);
  return lost.length === 0 ? { ...held(stepOf(before), velocityExceeded), retryAt } : notOurs(stepOf(before));
};

const notActive = "store_not_active";

const whyClosed = ({ before, store }: Asked, now: Instant): string | undefined => {
  if (!store || !sells(store)) return notActive;
  if (killsTokenOf(before, store)) return tokensKilled;
  return before.expiresAt <= now ? "expired" : undefined;
};

/** The same request again is the same purchase. */
const purchaseOf = ({ before, request }: Asked, { limits, livemode }: Store): Act => ({
  id: `${request.idempotency.scope} ${request.idempotency.key}`,
  subjects: { storeId: before.storeId, principalId: before.principalId, address: request.address },
  comesTo: { amount: before.quote.totals.total, currency: before.quote.currency },
  limits,
  livemode,
  about: { checkoutId: before.id },
});

export const tokensKilled = "tokens_killed";

/** What costs nothing is bought without a token. */
export const killsTokenOf = ({ quote }: Checkout, { tokensKilledAt }: Store): boolean =>
  tokensKilledAt !== undefined && quote.totals.total > 0;

type Situation = { wanted: Checkout; store: Store; request: Request; quoted: Quoted; now: Instant };

const nextFor = (situation: Situation): Next => {
  const { wanted, request, quoted, now } = situation;
  const surprise = surpriseIn(wanted, quoted);
  return surprise ? requoting(requoted(wanted, quoted, surprise, now), request, now) : completing(situation);
};

type Next = { checkout: Checkout; writes: Write[]; outcome: Done<Step> | Held };

/** Stock that somebody else took is worth another look; a checkout that somebody else moved, or erased, is not. */
const isAnotherRun = ({ key: { sk } }: Write): boolean =>
  sk === "checkout" || sk === "idempotency" || sk === "key";

/** What the caller adds while buying: an e-mail address may be what made it open so far. */
const withRequest = (before: Checkout, { contact, notes, attribution }: Request): Checkout => ({
  ...before,
  ...(contact && { sealedContact: contact.sealed, has: { email: contact.email, address: contact.address } }),
  ...(notes && { sealedNotes: notes }),
  ...(attribution && { sealedAttribution: attribution }),
});

const indexFor = ({ storeId, id }: Checkout, { contact }: Request): Write[] =>
  contact?.customer
    ? [indexedCheckoutKey({ storeId, checkoutId: id }, contact.customer.id, contact.customer.since)]
    : [];

/** `undefined` when the buyer gets what was shown, on the terms that were shown. */
const surpriseIn = (checkout: Checkout, quoted: Quoted): Message[] | undefined => {
  const { total } = checkout.quote.totals;
  const now = quoted.quote.totals.total;
  const same = now === total && samePrices(checkout, quoted);
  if (same && checkout.policiesSha256 === quoted.policiesSha256)
    return quoted.status === "open" ? [] : undefined;
  const { currency } = quoted.quote;
  if (same)
    return [
      { level: "warning", code: "terms_changed", at: [], text: "The store changed its terms or policies." },
    ];
  const text = `The total changed from ${displayMoney(total, currency)} to ${displayMoney(now, currency)}.`;
  return [{ level: "warning", code: "price_changed", at: ["lines"], text }];
};

const samePrices = (checkout: Checkout, { quote }: Quoted): boolean =>
  checkout.quote.selectedOptionId === quote.selectedOptionId &&
  checkout.quote.lines.every((line, index) => line.unitAmount === quote.lines[index]?.unitAmount);

const requoted = (checkout: Checkout, quoted: Quoted, surprise: Message[], now: Instant): Checkout =>
  moved(checkout, quoted.status, now, {
    quote: quoted.quote,
    policiesSha256: quoted.policiesSha256,
    storefront: quoted.storefront,
    messages: [...surprise, ...quoted.messages],
  });

/** The new quote is the answer to the request: it is repeated, whatever the prices do next. */
const requoting = (checkout: Checkout, request: Request, now: Instant): Next => ({
  checkout,
  outcome: held(stepOf(checkout), "not_as_quoted"),
  writes: [storeCheckoutAnswer(request.idempotency, checkout, { now, status: 200 })],
});

const completing = ({ wanted: checkout, store, request, quoted, now }: Situation): Next => {
  const ready = checkout.status === "ready" ? checkout : moved(checkout, "ready", now);
  const claimed = moved(ready, "completing", now, {
    ...leased(checkout, now),
    quote: quoted.quote,
    storefront: quoted.storefront,
    messages: [],
    attempt: checkout.attempt + 1,
    completingSince: now,
    completion: request.idempotency,
    consent: consentTo(store, request, now),
  });
  const writes: Write[] = [
    ...reservationOf(claimed, quoted.quote, quoted.offers, now),
    ...startAttempt(claimed, store, request, now),
    claimAnswer(request.idempotency, { now, leaseUntil: claimed.leaseUntil }),
  ];
  return { checkout: claimed, writes, outcome: done(stepOf(claimed)) };
};
