import type { Call, Change } from "./call.ts";
import { emit } from "./events.ts";
import { invalid, missingResource } from "./failure.ts";
import { nested, text } from "./form.ts";
import type { GrantedToken } from "./objects.ts";
import { renderToken } from "./render.ts";
import { cardOf } from "./test-cards.ts";

const dayInSeconds = 24 * 60 * 60;

/** The test helper by which a seller plays the agent that grants a token. */
export const grantToken = (call: Call): unknown => {
  const { form, state, now } = call;
  const limits = nested(form, "usage_limits");
  const paymentMethod = required(text(form, "payment_method"), "payment_method");
  if (!cardOf(paymentMethod)) throw missingResource("PaymentMethod", paymentMethod, "payment_method");
  const token: GrantedToken = {
    id: state.newId("spt").id,
    owner: call.owner,
    livemode: call.livemode,
    paymentMethod,
    currency: required(text(limits, "currency"), "usage_limits[currency]"),
    maxAmount: Number(required(text(limits, "max_amount"), "usage_limits[max_amount]")),
    expiresAt: Number(text(limits, "expires_at") ?? now + dayInSeconds),
    used: 0,
    created: now,
  };
  state.put("token", token);
  return renderToken(token);
};

export const revokeToken = (call: Call, id: string): unknown => {
  const token = tokenOf(call, id, "id", 404);
  return renderToken(token.deactivated ? token : deactivate(call, token, "revoked"));
};

type Reason = NonNullable<GrantedToken["deactivated"]>["reason"];

export const deactivate = (change: Change, token: GrantedToken, reason: Reason): GrantedToken =>
  keepToken(change, { ...token, deactivated: { at: change.now, reason } }, "deactivated");

/** `used` is told to sellers by older previews, `deactivated` by all. */
export const keepToken = (
  change: Change,
  token: GrantedToken,
  event: "used" | "deactivated",
): GrantedToken => {
  change.state.put("token", token);
  emit(change, `shared_payment.granted_token.${event}`, renderToken(token));
  return token;
};

export const showToken = (call: Call, id: string): unknown => renderToken(tokenOf(call, id, "id", 404));

export const tokenOf = (call: Call, id: string, param: string, status = 400): GrantedToken => {
  const token = call.state.get("token", id);
  if (token?.owner !== call.owner) throw missingResource("shared_payment.granted_token", id, param, status);
  return token;
};

const required = (value: string | undefined, param: string): string => {
  if (value === undefined) throw invalid("parameter_missing", `Missing required param: ${param}.`, { param });
  return value;
};
