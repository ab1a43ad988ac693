import { ruleOf } from "#functions/payment/currency.ts";
import { cardError, invalid, missingResource, unexpectedState } from "./failure.ts";
import { type Form, nested, text } from "./form.ts";
import { chargedCard, type PaymentSource, useSource } from "./payment-source.ts";
import { renderIntent } from "./render.ts";
import type { Call } from "./route.ts";
import type { Intent } from "./state.ts";

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
  if (text(form, "confirm") === "true") return confirm(call, intent, source);
  state.put("intent", intent);
  return rendered(call, intent);
};

const confirm = (call: Call, intent: Intent, source: PaymentSource): unknown => {
  const { card } = source;
  const proof = nested(nested(nested(call.form, "payment_method_options"), "card"), "three_d_secure");
  const authenticated = text(proof, "cryptogram") !== undefined;
  if (card.authenticate && !authenticated) return demandAuthentication(call, intent);
  if (card.decline) return refuse(call, intent, card.decline);
  const manual = intent.captureMethod === "manual";
  const after: Intent = {
    ...intent,
    status: manual ? "requires_capture" : "succeeded",
    charge: {
      id: call.state.newId("ch").id,
      amount: intent.amount,
      amountCaptured: manual ? 0 : intent.amount,
      amountRefunded: 0,
      card,
      authenticated,
      ...(manual && { captureBefore: call.now + holdSeconds }),
    },
  };
  useSource(call, source, intent.amount);
  call.state.put("intent", after);
  return rendered(call, after);
};

const demandAuthentication = (call: Call, intent: Intent): unknown => {
  if (text(call.form, "error_on_requires_action") === "true")
    return refuse(call, intent, {
      code: "authentication_required",
      decline_code: "authentication_required",
      message: "Your card was declined. This transaction requires authentication.",
    });
  const after: Intent = { ...intent, status: "requires_action" };
  call.state.put("intent", after);
  return rendered(call, after);
};

const refuse = (call: Call, intent: Intent, error: Readonly<Record<string, unknown>>): never => {
  const after: Intent = { ...intent, error: { type: "card_error", ...error } };
  call.state.put("intent", after);
  throw cardError(error, renderIntent(after));
};

export const showIntent = (call: Call, id: string): unknown => rendered(call, intentOf(call, id));

export const listIntents = (call: Call): unknown => {
  const { form, state, owner } = call;
  const created = nested(form, "created");
  const matching = state
    .all("intent")
    .filter((intent) => intent.owner === owner)
    .filter(({ created: at }) => at >= bound(created, "gte", 0) && at <= bound(created, "lte", Infinity))
    .sort((left, right) => right.sequence - left.sequence);
  const after = matching.findIndex(({ id }) => id === text(form, "starting_after"));
  const limit = Math.min(Number(text(form, "limit") ?? 10), 100);
  const page = matching.slice(after + 1, after + 1 + limit);
  const expand = Object.values(nested(form, "expand")).includes("data.latest_charge");
  return {
    object: "list",
    url: "/v1/payment_intents",
    has_more: after + 1 + limit < matching.length,
    data: page.map((intent) => renderIntent(expired(call, intent), expand)),
  };
};

const bound = (form: Form, name: string, otherwise: number): number => Number(text(form, name) ?? otherwise);

export const captureIntent = (call: Call, id: string): unknown => {
  const intent = intentOf(call, id);
  const { charge } = intent;
  if (intent.status !== "requires_capture" || !charge) throw wrongState(intent, "captured");
  const amount = Number(text(call.form, "amount_to_capture") ?? intent.amount);
  if (!Number.isInteger(amount) || amount < 1 || amount > intent.amount)
    throw invalid("amount_too_large", "The amount to capture is not within the authorization.");
  const { captureBefore: _, ...captured } = { ...charge, amountCaptured: amount };
  const after: Intent = { ...intent, status: "succeeded", charge: captured };
  call.state.put("intent", after);
  return rendered(call, after);
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
  return rendered(call, after);
};

const wrongState = (intent: Intent, verb: string) =>
  unexpectedState(
    "payment_intent_unexpected_state",
    `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}.`,
    { payment_intent: renderIntent(intent) },
  );

export const intentOf = (call: Call, id: string): Intent => {
  const intent = call.state.get("intent", id);
  if (intent?.owner !== call.owner) throw missingResource("payment_intent", id, "intent", 404);
  return expired(call, intent);
};

/** Stripe releases an authorization that nobody captured in time. */
const expired = ({ state, now }: Call, intent: Intent): Intent => {
  const until = intent.charge?.captureBefore;
  if (intent.status !== "requires_capture" || until === undefined || until > now) return intent;
  const after: Intent = {
    ...intent,
    status: "canceled",
    canceledAt: until,
    cancellationReason: "automatic",
  };
  state.put("intent", after);
  return after;
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

const metadataOf = (form: Form): Record<string, string> =>
  Object.fromEntries(
    Object.entries(nested(form, "metadata")).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );
