import { movementsOf } from "./ledger.ts";
import type { Dispute } from "./objects.ts";
import type { State } from "./state.ts";

/** A dispute as the API shows it (docs.stripe.com/api/disputes/object). */
export const renderDispute = (state: State, dispute: Dispute): Record<string, unknown> => {
  const intent = state.get("intent", dispute.intentId);
  const inquiry = dispute.status.startsWith("warning_");
  return {
    id: dispute.id,
    object: "dispute",
    amount: dispute.amount,
    balance_transactions: movementsOf(state, dispute.id).map(({ id, amount, category, created }) => ({
      id,
      object: "balance_transaction",
      amount,
      created,
      currency: intent?.currency,
      reporting_category: category,
      source: dispute.id,
      type: "adjustment",
    })),
    charge: intent?.charge?.id,
    created: dispute.created,
    currency: intent?.currency,
    evidence: dispute.evidence,
    evidence_details: {
      due_by: dispute.dueBy,
      has_evidence: Object.keys(dispute.evidence).length > 0,
      past_due: false,
      submission_count: dispute.submissions,
    },
    is_charge_refundable: inquiry || dispute.status === "won",
    livemode: dispute.livemode,
    metadata: dispute.metadata,
    payment_intent: dispute.intentId,
    payment_method_details: {
      card: { brand: intent?.charge?.card.brand, case_type: inquiry ? "inquiry" : "chargeback" },
      type: "card",
    },
    reason: dispute.reason,
    status: dispute.status,
  };
};
