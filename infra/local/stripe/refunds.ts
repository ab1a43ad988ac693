import { invalid, unexpectedState } from "./failure.ts";
import { text } from "./form.ts";
import { intentOf } from "./payment-intents.ts";
import { renderRefund } from "./render.ts";
import type { Call } from "./route.ts";

export const createRefund = (call: Call): unknown => {
  const { form, state, now } = call;
  const intent = intentOf(call, text(form, "payment_intent") ?? "");
  const { charge } = intent;
  if (intent.status !== "succeeded" || !charge)
    throw unexpectedState("charge_not_refundable", "This PaymentIntent has no successful charge to refund.");
  const left = charge.amountCaptured - charge.amountRefunded;
  if (left === 0)
    throw unexpectedState("charge_already_refunded", `Charge ${charge.id} has already been refunded.`);
  const amount = Number(text(form, "amount") ?? left);
  if (!Number.isInteger(amount) || amount < 1 || amount > left)
    throw invalid("amount_too_large", "The refund is larger than what is left of the charge.", {
      param: "amount",
    });
  const refund = { id: state.newId("re").id, owner: call.owner, intentId: intent.id, amount, created: now };
  state.put("intent", { ...intent, charge: { ...charge, amountRefunded: charge.amountRefunded + amount } });
  state.put("refund", refund);
  return renderRefund(refund, intent);
};

export const listRefunds = (call: Call): unknown => {
  const intent = intentOf(call, text(call.form, "payment_intent") ?? "");
  const refunds = call.state.all("refund").filter(({ intentId }) => intentId === intent.id);
  return {
    object: "list",
    url: "/v1/refunds",
    has_more: false,
    data: refunds.map((refund) => renderRefund(refund, intent)),
  };
};
