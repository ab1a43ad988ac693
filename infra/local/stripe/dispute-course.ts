import type { Change } from "./call.ts";
import { emit } from "./events.ts";
import { book } from "./ledger.ts";
import type { Charge, Dispute, DisputeStatus, Intent } from "./objects.ts";
import { refundsOf, settleRefund } from "./refund-course.ts";
import { renderDispute } from "./render-dispute.ts";
import type { State } from "./state.ts";

/** What a bank wants to know or takes. */
export type NewDispute = {
  readonly reason?: string | undefined;
  /** Asks only, and holds no money. */
  readonly inquiry?: boolean | undefined;
  /** In Stripe's units; left out, all that is captured and not given back. */
  readonly amount?: number | undefined;
};

const day = 24 * 60 * 60;
/** An inquiry that nobody escalates is closed (docs.stripe.com/disputes/how-disputes-work). */
const inquirySeconds = 120 * day;

/** The test card's dispute. 3-D Secure protects from those that are fraudulent. */
export const disputeOfCard = (change: Change, intentId: string): void => {
  const charge = change.state.get("intent", intentId)?.charge;
  const dispute = charge?.card.dispute;
  if (!dispute || (charge.authenticated && dispute.reason === "fraudulent")) return;
  openDispute(change, intentId, dispute);
};

/** The bank of a buyer questions a charge. Refunds on their way are stopped by a chargeback. */
export const openDispute = (change: Change, intentId: string, wanted: NewDispute): Dispute => {
  const { state, now, owner, livemode } = change;
  if (!wanted.inquiry) stopRefunds(change, intentId);
  const intent = capturedIntent(state, intentId);
  const dueBy = dueAfter(now);
  const dispute: Dispute = {
    ...state.newId("du"),
    owner,
    livemode,
    created: now,
    intentId,
    amount: amountOf(intent, wanted),
    status: wanted.inquiry ? "warning_needs_response" : "needs_response",
    reason: wanted.reason ?? "fraudulent",
    evidence: {},
    metadata: {},
    submissions: 0,
    dueBy,
    next: wanted.inquiry
      ? { at: now + inquirySeconds, status: "warning_closed" }
      : { at: dueBy + 1, status: "lost" },
  };
  state.put("intent", { ...intent, charge: { ...intent.charge, disputed: true } });
  state.put("dispute", dispute);
  emit(change, "charge.dispute.created", renderDispute(state, dispute));
  moveMoney(change, dispute, 0);
  return dispute;
};

/** The ninth midnight. */
const dueAfter = (now: number): number => Math.floor(now / day + 9) * day - 1;

const stopRefunds = (change: Change, intentId: string): void => {
  for (const refund of refundsOf(change.state, intentId))
    if (refund.status === "pending")
      settleRefund(change, refund, "failed", "charge_for_pending_refund_disputed");
};

const capturedIntent = (state: State, id: string): Intent & { charge: Charge } => {
  const intent = state.get("intent", id);
  if (intent?.charge && intent.status === "succeeded") return { ...intent, charge: intent.charge };
  throw new Error(`${id} has no captured charge that could be disputed`);
};

const amountOf = ({ id, charge }: Intent & { charge: Charge }, { amount }: NewDispute): number => {
  const left = charge.amountCaptured - charge.amountRefunded;
  const disputed = amount ?? left;
  if (Number.isInteger(disputed) && disputed > 0 && disputed <= charge.amountCaptured) return disputed;
  throw new Error(`${id} cannot be disputed for ${disputed}: ${left} of ${charge.amountCaptured} are left`);
};

/** A step of the dispute, with its money. `event` comes before the money's own. */
export const moveDispute = (
  change: Change,
  dispute: Dispute,
  to: { status: DisputeStatus; event?: "charge.dispute.updated" } & Partial<Dispute>,
): Dispute => {
  const { event, ...changes } = to;
  const { next, ...rest } = dispute;
  const after: Dispute = { ...rest, ...(!isClosed(to) && next && { next }), ...changes };
  change.state.put("dispute", after);
  if (event) emit(change, event, renderDispute(change.state, after), { status: dispute.status });
  moveMoney(change, after, heldBy(dispute));
  if (isClosed(after)) emit(change, "charge.dispute.closed", renderDispute(change.state, after));
  return after;
};

/** Takes what the dispute holds now and did not before, or gives it back. */
const moveMoney = (change: Change, dispute: Dispute, before: number): void => {
  const taken = heldBy(dispute) - before;
  if (taken === 0) return;
  const intent = change.state.get("intent", dispute.intentId);
  if (!intent) throw new Error(`${dispute.id} is of no PaymentIntent`);
  const category = taken > 0 ? "dispute" : "dispute_reversal";
  book(change, intent, { category, amount: -taken, source: dispute.id });
  const event = `charge.dispute.funds_${taken > 0 ? "withdrawn" : "reinstated"}`;
  emit(change, event, renderDispute(change.state, dispute));
};

/** An inquiry that becomes a chargeback: it takes what was not refunded meanwhile. */
export const escalate = (change: Change, dispute: Dispute, changes: Partial<Dispute> = {}): Dispute => {
  stopRefunds(change, dispute.intentId);
  const { charge } = capturedIntent(change.state, dispute.intentId);
  const amount = Math.min(dispute.amount, charge.amountCaptured - charge.amountRefunded);
  const next = { at: dispute.dueBy + 1, status: "lost" as const };
  const event = "charge.dispute.updated" as const;
  return moveDispute(change, dispute, { ...changes, amount, next, status: "needs_response", event });
};

/** A bank takes up again what was decided: what the store has, it takes; what it gave to the buyer, it is asked for. */
export const reopen = (change: Change, dispute: Dispute): Dispute => {
  const dueBy = dueAfter(change.now);
  if (!isHeld(dispute)) return escalate(change, { ...dispute, dueBy }, { dueBy });
  const next = { at: dueBy + 1, status: "lost" as const };
  const event = "charge.dispute.updated" as const;
  return moveDispute(change, dispute, { dueBy, next, status: "appeal_needs_response", event });
};

export const disputesOf = (state: State, intentId: string): Dispute[] =>
  state.all("dispute").filter((dispute) => dispute.intentId === intentId);

const heldStatuses: readonly DisputeStatus[] = [
  "needs_response",
  "under_review",
  "appeal_needs_response",
  "appeal_under_review",
  "lost",
  "prevented",
];
const closedStatuses: readonly DisputeStatus[] = ["won", "lost", "prevented", "warning_closed"];

/** The bank has the money. */
export const isHeld = ({ status }: Pick<Dispute, "status">): boolean => heldStatuses.includes(status);
export const isClosed = ({ status }: Pick<Dispute, "status">): boolean => closedStatuses.includes(status);
export const isInquiry = ({ status }: Pick<Dispute, "status">): boolean => status.startsWith("warning_");

const heldBy = (dispute: Dispute): number => (isHeld(dispute) ? dispute.amount : 0);
