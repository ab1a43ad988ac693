import type { Call } from "./call.ts";
import { invalid, missingResource } from "./failure.ts";
import { nested, text } from "./form.ts";
import { deactivate, keepToken, tokenOf } from "./granted-tokens.ts";
import type { GrantedToken } from "./objects.ts";
import { type Card, cardOf } from "./test-cards.ts";

export type PaymentSource = { card: Card; paymentMethod: string; token?: GrantedToken };

const tokenParam = "payment_method_data[shared_payment_granted_token]";

/** What is charged: a PaymentMethod, or the one behind a shared payment token within its limits. */
export const chargedCard = (call: Call, amount: number, currency: string): PaymentSource => {
  const shared = text(nested(call.form, "payment_method_data"), "shared_payment_granted_token");
  if (shared === undefined) return byMethod(text(call.form, "payment_method"));
  // Without the preview's version header Stripe does not know this parameter.
  if (!call.version?.endsWith(".preview"))
    throw invalid("parameter_unknown", `Received unknown parameter: ${tokenParam}`, { param: tokenParam });
  const token = usable(call, shared, amount, currency);
  return { ...byMethod(token.paymentMethod), paymentMethod: call.state.newId("pm").id, token };
};

const byMethod = (paymentMethod: string | undefined): PaymentSource => {
  if (paymentMethod === undefined)
    throw invalid("parameter_missing", "A payment method is required.", { param: "payment_method" });
  const card = cardOf(paymentMethod);
  if (!card) throw missingResource("PaymentMethod", paymentMethod, "payment_method");
  return { card, paymentMethod };
};

const usable = (call: Call, id: string, amount: number, currency: string): GrantedToken => {
  const token = tokenOf(call, id, tokenParam);
  const problem = problemWith(token, amount, currency);
  if (problem) throw invalid("payment_intent_invalid_parameter", problem, { param: tokenParam });
  return token;
};

const problemWith = (token: GrantedToken, amount: number, currency: string) => {
  if (token.deactivated) return `This shared payment token is deactivated: ${token.deactivated.reason}.`;
  if (token.currency !== currency) return "This shared payment token is for another currency.";
  return token.used + amount > token.maxAmount
    ? "The amount exceeds the shared payment token's limit."
    : undefined;
};

export const useSource = (call: Call, { token }: PaymentSource, amount: number): void => {
  if (!token) return;
  const used = { ...token, used: token.used + amount };
  keepToken(call, used, "used");
  if (used.used >= used.maxAmount) deactivate(call, used, "consumed");
};
