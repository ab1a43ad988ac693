import type { Change } from "./call.ts";
import { announce, emit } from "./events.ts";
import { book } from "./ledger.ts";
import type { Intent, Refund } from "./objects.ts";
import { renderRefund } from "./render.ts";
import type { Card } from "./test-cards.ts";

/** Stripe says "some time later" of its test cards; here it is a minute of the engine's clock. */
export const settleSeconds = 60;

type Course = Pick<Refund, "status" | "next">;
const courses: Readonly<Record<Card["refund"] & string, (at: number) => Course>> = {
  pends: (at) => ({ status: "pending", next: { at, status: "succeeded" } }),
  fails: (at) => ({ status: "succeeded", next: { at, status: "failed" } }),
};

/** How a refund begins, and how it goes on by itself. */
export const courseOf = ({ refund }: Card, now: number): Course =>
  refund ? courses[refund](now + settleSeconds) : { status: "succeeded" };

/** What the bank makes of it in the end. The money of a failed refund is the seller's again. */
export const settleRefund = (
  change: Change,
  refund: Refund,
  to: "succeeded" | "failed",
  failureReason = "expired_or_canceled_card",
): void => {
  const { next: _, ...settled } = refund;
  const after: Refund = { ...settled, status: to, ...(to === "failed" && { failureReason }) };
  const intent = change.state.get("intent", refund.intentId);
  if (!intent) throw new Error(`${refund.id} is of no PaymentIntent`);
  change.state.put("refund", after);
  const shown = renderRefund(after, intent);
  for (const type of ["refund.updated", "charge.refund.updated"])
    emit(change, type, shown, { status: refund.status });
  if (to === "failed") emit(change, "refund.failed", shown);
  if (to === "succeeded") giveBack(change, intent, after);
  else if (refund.status === "succeeded") takeBack(change, intent, after);
};

/** A pending refund is in no sum: Stripe counts it when it succeeds. */
export const giveBack = (change: Change, intent: Intent, { id, amount }: Refund): void => {
  const after = withRefunded(change, intent, amount);
  book(change, after, { category: "refund", amount: -amount, source: id });
  announce(change, after, "charge.refunded");
};

const takeBack = (change: Change, intent: Intent, { id, amount }: Refund): void => {
  const after = withRefunded(change, intent, -amount);
  book(change, after, { category: "refund_failure", amount, source: id });
};

const withRefunded = ({ state }: Change, intent: Intent, amount: number): Intent => {
  if (!intent.charge) throw new Error(`${intent.id} was never charged`);
  const charge = { ...intent.charge, amountRefunded: intent.charge.amountRefunded + amount };
  state.put("intent", { ...intent, charge });
  return { ...intent, charge };
};

export const refundsOf = (state: Change["state"], intentId: string): Refund[] =>
  state.all("refund").filter((refund) => refund.intentId === intentId);
