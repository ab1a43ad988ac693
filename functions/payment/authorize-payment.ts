import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import type { Step } from "#functions/checkout/completion.ts";
import { isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { type Done, done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import { moneyOf } from "./divergence.ts";
import { type Facts, movedPayment, type PaymentStore } from "./payment.store.ts";
import type { Payment } from "./payment.ts";
import { type Requests, requestAuthorization } from "./request-authorization.ts";
import type { PaymentIntent } from "./stripe.ts";
import { type DirectoryServer, directoryServerOf, wantAuthentication } from "./want-authentication.ts";

export type Authorizes = Requests & {
  payments: Pick<PaymentStore, "get">;
  checkouts: Pick<CheckoutStore, "get">;
  table: Pick<Table, "commit">;
  countDecline: (attempt: Step) => Promise<void>;
};
type Outcome = Done<Step> | (Refused & Step) | (Held & Step);

/** Stripe is given 10 seconds; begun with less, an answer might find nobody left to write it down. */
const enough = seconds(11);

/**
 * Second step of the checkout workflow: one call to Stripe. Safe to run any number of times: the payment row
 * holds the parameters and the key, so a repeat gets the same PaymentIntent. No row: nothing is due.
 */
export const authorizePayment =
  (on: Authorizes) =>
  async (step: Step): Promise<Outcome> => {
    const payment = await on.payments.get(step.storeId, step.checkoutId, step.attempt);
    if (!payment) return done(step);
    const outcome = await outcomeFor(on, step, payment);
    if (outcome.outcome === "refused" && outcome.reason === bankSaidNo) await on.countDecline(step);
    return outcome;
  };

const outcomeFor = async (on: Authorizes, step: Step, payment: Payment): Promise<Outcome> => {
  if (payment.status !== "requested") return known(step, payment);
  return on.remaining() < enough ? held(step, "no_time_left") : request(on, step, payment);
};

const request = async (on: Authorizes, step: Step, payment: Payment): Promise<Outcome> => {
  const answer = await requestAuthorization(on)(payment);
  switch (answer.outcome) {
    case "authorized":
      return authorized(on, step, payment, answer);
    case "declined":
      return declined(on, step, payment, answer.declineCode ?? answer.code, answer.intent);
    case "refused":
      return declined(on, step, payment, answer.code);
    case "requires_action":
      return actionRequired(on, step, payment, answer.intent);
    default:
      return held(step, "payment_outcome_unknown");
  }
};

/**
 * Only money that is there pays for an order: a key repeats its first answer even when all was released or refunded
 * since. What is left of such a payment goes back with the undo. One that was brought back (`import-payment.ts`) had
 * its order before its refunds, which follow it there.
 */
const authorized = async (
  on: Authorizes,
  step: Step,
  payment: Payment,
  { intent, replayed }: { intent: PaymentIntent; replayed?: boolean },
): Promise<Outcome> => {
  const seen = replayed ? await on.stripe.retrievePaymentIntent(payment, intent.id) : undefined;
  if (seen && seen.outcome !== "answered") return held(step, "payment_outcome_unknown");
  const now = seen?.intent ?? intent;
  const isThere = ["held", "taken"].includes(moneyOf(now)) || payment.paymentIntentId === now.id;
  return isThere ? done({ ...step, authorization: authorizationOf(now) }) : refused(step, "payment_declined");
};

const authenticationRequired = "authentication_required";
const bankSaidNo = "payment_declined";

/** An earlier run settled it and its answer was lost. */
const known = (step: Step, payment: Payment): Outcome => {
  if (payment.status === "declined") return refused(step, reasonOf(payment.declineCode));
  return payment.status === "authenticating" ? held(step, "authentication") : notOurs(step);
};

/** The bank's own reason stays with the store: an agent that learns it could test stolen cards. */
const reasonOf = (code: string | undefined): "requires_3ds" | typeof bankSaidNo =>
  code === authenticationRequired ? "requires_3ds" : bankSaidNo;

const declined = async (
  on: Authorizes,
  step: Step,
  payment: Payment,
  code: string,
  intent?: PaymentIntent,
): Promise<Outcome> => {
  const facts = { ...factsOf(intent), declineCode: code };
  const lost = await tryCommit(on.table, [move(on, step, payment, "declined", facts)]);
  return lost.length === 0 ? refused(step, reasonOf(code)) : notOurs(step);
};

/** Once, and only where all know how: the buyer's agent must be told where that card's authentication is. */
const actionRequired = (
  on: Authorizes,
  step: Step,
  payment: Payment,
  intent: PaymentIntent | undefined,
): Promise<Outcome> => {
  const server = directoryServerOf(intent);
  return payment.canAuthenticate && !payment.sealedAuthentication && server
    ? authenticating(on, step, payment, { intent, server })
    : declined(on, step, payment, authenticationRequired, intent);
};

const authenticating = async (
  on: Authorizes,
  step: Step,
  payment: Payment,
  { intent, server }: { intent: PaymentIntent | undefined; server: DirectoryServer },
): Promise<Outcome> => {
  const checkout = await on.checkouts.get(step.storeId, step.checkoutId);
  if (!isOurs(checkout, step, "completing")) return notOurs(step);
  const lost = await tryCommit(on.table, [
    move(on, step, payment, "authenticating", factsOf(intent)),
    ...wantAuthentication(checkout, server, on.now()),
  ]);
  return lost.length === 0 ? held(step, "authentication") : notOurs(step);
};

const move = (
  on: Authorizes,
  { epoch }: Step,
  payment: Payment,
  to: "declined" | "authenticating",
  facts: Facts,
) => movedPayment(payment, to, { epoch, now: on.now() }, facts);

/** Nothing is written here: the order's transaction does, and until it has, a repeat gets the same from Stripe. */
const authorizationOf = ({ id, chargeId, captureBefore }: PaymentIntent) => ({
  paymentIntentId: id,
  chargeId,
  captureBefore,
});

const factsOf = (intent: PaymentIntent | undefined): Facts =>
  intent
    ? { paymentIntentId: intent.id, chargeId: intent.chargeId, captureBefore: intent.captureBefore }
    : {};
