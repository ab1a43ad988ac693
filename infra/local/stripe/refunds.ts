import type { Call } from "./call.ts";
import { disputesOf, isHeld } from "./dispute-course.ts";
import { emit } from "./events.ts";
import { Failure, invalid, missingResource, unexpectedState } from "./failure.ts";
import { intentOf } from "./find-intent.ts";
import { metadataOf, text } from "./form.ts";
import { knows, pageOf } from "./list.ts";
import type { Charge, Intent, Refund } from "./objects.ts";
import { courseOf, giveBack, refundsOf } from "./refund-course.ts";
import { renderRefund } from "./render.ts";

export const createRefund = (call: Call): unknown => {
  const { form, state, now } = call;
  knows(form, ["payment_intent", "amount", "metadata", "reason", "expand"]);
  const intent = refundedIntent(call);
  const charge = refundable(call, intent);
  const amount = amountOf(call, intent, charge);
  const reason = reasonOf(call);
  const refund: Refund = {
    ...state.newId("re"),
    owner: call.owner,
    livemode: call.livemode,
    created: now,
    intentId: intent.id,
    amount,
    metadata: metadataOf(form),
    ...(reason && { reason }),
    ...courseOf(charge.card, now),
  };
  state.put("refund", refund);
  emit(call, "refund.created", renderRefund(refund, intent));
  if (refund.status === "succeeded") giveBack(call, intent, refund);
  return renderRefund(refund, intent);
};

const refundedIntent = (call: Call): Intent => {
  const id = text(call.form, "payment_intent");
  if (id !== undefined) return intentOf(call, id);
  const message =
    "One of the following params should be provided for this request: payment_intent or charge.";
  throw new Failure(400, { type: "invalid_request_error", message }, true);
};

/** A chargeback that is not won closes the charge; an inquiry does not. */
const refundable = ({ state }: Call, { id, status, charge }: Intent): Charge => {
  if (status !== "succeeded" || !charge)
    throw unexpectedState(
      "charge_not_refundable",
      `This PaymentIntent (${id}) does not have a successful charge to refund.`,
    );
  if (disputesOf(state, id).some(isHeld))
    throw unexpectedState(
      "charge_disputed",
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
    );
  if (charge.amountRefunded === charge.amountCaptured)
    throw unexpectedState("charge_already_refunded", `Charge ${charge.id} has already been refunded.`);
  return charge;
};

const amountOf = ({ form, state }: Call, { id }: Intent, charge: Charge): number => {
  const pending = refundsOf(state, id).filter(({ status }) => status === "pending");
  const left = pending.reduce(
    (rest, { amount }) => rest - amount,
    charge.amountCaptured - charge.amountRefunded,
  );
  const given = text(form, "amount");
  const amount = Number(given ?? left);
  const param = "amount";
  if (given !== undefined && (!Number.isInteger(amount) || amount < 1))
    throw invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.", { param });
  if (amount < 1 || amount > left) throw tooMuch(amount, left);
  return amount;
};

/** The one refusal that Stripe gives no code. */
const tooMuch = (amount: number, left: number): Failure =>
  new Failure(
    400,
    {
      type: "invalid_request_error",
      message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      param: "amount",
    },
    false,
  );

const reasons = ["duplicate", "fraudulent", "requested_by_customer"];
const reasonOf = ({ form }: Call): string | undefined => {
  const reason = text(form, "reason");
  if (reason === undefined || reasons.includes(reason)) return reason;
  const message = "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer";
  throw new Failure(400, { type: "invalid_request_error", message, param: "reason" }, true);
};

export const showRefund = (call: Call, id: string): unknown => {
  const refund = call.state.get("refund", id);
  if (refund?.owner !== call.owner) throw missingResource("refund", id, "refund", 404);
  return renderRefund(refund, intentOf(call, refund.intentId));
};

export const listRefunds = (call: Call): unknown => {
  const id = text(call.form, "payment_intent");
  if (id !== undefined) intentOf(call, id);
  return pageOf(call, {
    kind: "refund",
    url: "/v1/refunds",
    filters: ["payment_intent"],
    matches: ({ intentId }) => id === undefined || intentId === id,
    show: (refund) => renderRefund(refund, intentOf(call, refund.intentId)),
  });
};
