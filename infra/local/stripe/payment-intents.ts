import { ruleOf } from "#functions/payment/currency.ts";
import type { Call, Change } from "./call.ts";
import { disputeOfCard } from "./dispute-course.ts";
import { announce } from "./events.ts";
import { cardError, invalid, unexpectedState } from "./failure.ts";
import { intentOf } from "./find-intent.ts";
import { type Form, metadataOf, nested, text } from "./form.ts";
import { book } from "./ledger.ts";
import { pageOf } from "./list.ts";
import type { Charge, Intent } from "./objects.ts";
import { chargedCard, type PaymentSource, useSource } from "./payment-source.ts";
import { renderIntent, renderPaymentMethod } from "./render.ts";
import type { Decline } from "./test-cards.ts";

/** How long an authorization is held for capture (docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
const holdSeconds = 7 * 24 * 60 * 60;

export const createIntent = (call: Call): unknown => {
  const { form, state, now } = call;
  const amount = amountOf(form);
  const currency = currencyOf(form, amount);
  const source = chargedCard(call, amount, currency);
  const { id, sequence } = state.newId("pi");
  const intent: Intent = {
    id,
    sequence,
    owner: call.owner,
    livemode: call.livemode,
    amount,
    currency,
    captureMethod: text(form, "capture_method") === "manual" ? "manual" : "automatic",
    status: "requires_payment_method",
    created: now,
    metadata: metadataOf(form),
    paymentMethod: source.paymentMethod,
  };
  announce(call, intent, "payment_intent.created");
  if (text(form, "confirm") === "true") return confirm(call, intent, source);
  state.put("intent", intent);
  return rendered(call, intent);
};

const confirm = (call: Call, intent: Intent, source: PaymentSource): unknown => {
  const { card } = source;
  const proof = nested(nested(nested(call.form, "payment_method_options"), "card"), "three_d_secure");
  const authenticated = text(proof, "cryptogram") !== undefined;
  if ((card.authenticate || call.issuerAsks) && !authenticated)
    return demandAuthentication(call, intent, source);
  if (card.decline) return refuse(call, intent, source, card.decline);
  const charge: Charge = {
    id: call.state.newId("ch").id,
    amount: intent.amount,
    amountCaptured: 0,
    amountRefunded: 0,
    card,
    authenticated,
    disputed: false,
  };
  useSource(call, source, intent.amount);
  if (intent.captureMethod === "automatic") {
    const { id } = take(call, { ...intent, charge }, intent.amount, "charge.succeeded");
    return rendered(call, intentOf(call, id));
  }
  const held: Intent = {
    ...intent,
    status: "requires_capture",
    charge: { ...charge, captureBefore: call.now + holdSeconds },
  };
  call.state.put("intent", held);
  announce(call, held, "charge.succeeded", "payment_intent.amount_capturable_updated");
  return rendered(call, held);
};

/** The money moves; the dispute that a test card brings comes with it. */
const take = (call: Call, intent: Intent & { charge: Charge }, amount: number, event: string): Intent => {
  const { captureBefore: _, ...charge } = { ...intent.charge, amountCaptured: amount };
  const after: Intent = { ...intent, status: "succeeded", charge };
  call.state.put("intent", after);
  book(call, after, { category: "charge", amount, source: charge.id });
  announce(call, after, event);
  disputeOfCard(call, after.id);
  announce(call, call.state.get("intent", after.id) ?? after, "payment_intent.succeeded");
  return after;
};

const demandAuthentication = (call: Call, intent: Intent, source: PaymentSource): unknown => {
  if (text(call.form, "error_on_requires_action") === "true")
    return refuse(call, intent, source, {
      code: "authentication_required",
      decline_code: "authentication_required",
      message: "Your card was declined. This transaction requires authentication.",
    });
  const after: Intent = { ...intent, status: "requires_action" };
  call.state.put("intent", after);
  announce(call, after, "payment_intent.requires_action");
  return rendered(call, after);
};

/** The PaymentMethod stands beside the error, once in it and once in its PaymentIntent (docs.stripe.com/api/errors). */
const refuse = (call: Call, intent: Intent, source: PaymentSource, reason: Decline): never => {
  const error = { ...reason, payment_method: renderPaymentMethod(source.paymentMethod, source.card) };
  const after: Intent = { ...intent, error: { type: "card_error", ...error } };
  call.state.put("intent", after);
  announce(call, after, "payment_intent.payment_failed");
  throw cardError(error, renderIntent(after));
};

export const showIntent = (call: Call, id: string): unknown => rendered(call, intentOf(call, id));

export const listIntents = (call: Call): unknown => {
  const expand = Object.values(nested(call.form, "expand")).includes("data.latest_charge");
  return pageOf(call, {
    kind: "intent",
    url: "/v1/payment_intents",
    show: (intent) => renderIntent(intent, expand),
  });
};

export const captureIntent = (call: Call, id: string): unknown => {
  const intent = intentOf(call, id);
  const { charge } = intent;
  if (intent.status !== "requires_capture" || !charge) throw wrongState(intent, "captured");
  const amount = Number(text(call.form, "amount_to_capture") ?? intent.amount);
  if (!Number.isInteger(amount) || amount < 1 || amount > intent.amount)
    throw invalid("amount_too_large", "The amount to capture is not within the authorization.");
  take(call, { ...intent, charge }, amount, "charge.captured");
  return rendered(call, intentOf(call, id));
};

const cancelable: readonly string[] = [
  "requires_payment_method",
  "requires_action",
  "requires_capture",
  "processing",
];

export const cancelIntent = (call: Call, id: string): unknown => {
  const intent = intentOf(call, id);
  if (!cancelable.includes(intent.status)) throw wrongState(intent, "canceled");
  const after: Intent = { ...intent, status: "canceled", canceledAt: call.now };
  call.state.put("intent", after);
  announce(call, after, "payment_intent.canceled");
  return rendered(call, after);
};

const wrongState = (intent: Intent, verb: string) =>
  unexpectedState(
    "payment_intent_unexpected_state",
    `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}.`,
    { payment_intent: renderIntent(intent) },
  );

/** Stripe releases an authorization that nobody captured in time. */
export const expireIntent = (change: Change, intent: Intent): void => {
  const after: Intent = {
    ...intent,
    status: "canceled",
    canceledAt: change.now,
    cancellationReason: "automatic",
  };
  change.state.put("intent", after);
  announce(change, after, "charge.expired", "payment_intent.canceled");
};

const rendered = ({ form }: Call, intent: Intent): unknown =>
  renderIntent(intent, Object.values(nested(form, "expand")).includes("latest_charge"));

const amountOf = (form: Form): number => {
  const given = text(form, "amount");
  if (given === undefined)
    throw invalid("parameter_missing", "Missing required param: amount.", { param: "amount" });
  if (!/^\d+$/.test(given))
    throw invalid("parameter_invalid_integer", "Invalid integer", { param: "amount" });
  return Number(given);
};

const currencyOf = (form: Form, amount: number): string => {
  const currency = text(form, "currency") ?? "";
  if (!/^[a-z]{3}$/.test(currency) || currency === "xxx")
    throw invalid("parameter_invalid", `Invalid currency: ${currency}`, { param: "currency" });
  const { minimum, step } = ruleOf(currency);
  const more = { param: "amount" };
  if (amount < minimum) throw invalid("amount_too_small", "Amount must be no less than the minimum.", more);
  if (amount > 99_999_999) throw invalid("amount_too_large", "Amount must be no more than 8 digits.", more);
  if (amount % step !== 0)
    throw invalid("parameter_invalid_integer", "Invalid amount for the currency.", more);
  return currency;
};
