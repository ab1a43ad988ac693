import type { Call } from "./call.ts";
import { escalate, isClosed, isInquiry, moveDispute } from "./dispute-course.ts";
import { Failure, missingResource } from "./failure.ts";
import { intentOf } from "./find-intent.ts";
import { metadataOf, nested, text } from "./form.ts";
import { knows, pageOf } from "./list.ts";
import type { Dispute } from "./objects.ts";
import { renderDispute } from "./render-dispute.ts";

export const listDisputes = (call: Call): unknown => {
  const id = text(call.form, "payment_intent");
  if (id !== undefined) intentOf(call, id);
  return pageOf(call, {
    kind: "dispute",
    url: "/v1/disputes",
    filters: ["payment_intent"],
    matches: ({ intentId }) => id === undefined || intentId === id,
    show: (dispute) => renderDispute(call.state, dispute),
  });
};

export const showDispute = (call: Call, id: string): unknown =>
  renderDispute(call.state, disputeOf(call, id));

/** Evidence is submitted unless `submit` is false; what is submitted again adds to it. */
export const updateDispute = (call: Call, id: string): unknown => {
  const { form, state } = call;
  knows(form, ["evidence", "metadata", "submit", "expand"]);
  const dispute = openDisputeOf(call, id);
  const given = evidenceOf(call);
  const evidence = { ...dispute.evidence, ...given };
  const metadata = { ...dispute.metadata, ...metadataOf(form) };
  const submit = text(form, "submit") ?? String(Object.keys(given).length > 0);
  const staged: Dispute = { ...dispute, evidence, metadata };
  const after =
    submit === "true"
      ? submitted(call, { ...staged, submissions: dispute.submissions + 1 })
      : moveDispute(call, staged, { status: dispute.status, event: "charge.dispute.updated" });
  return renderDispute(state, after);
};

const evidenceOf = ({ form }: Call): Record<string, string> =>
  Object.fromEntries(
    Object.entries(nested(form, "evidence")).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );

/** The texts by which Stripe's test mode decides at once (docs.stripe.com/testing#evidence). */
const submitted = (call: Call, dispute: Dispute): Dispute => {
  const verdict = dispute.evidence["uncategorized_text"];
  const event = "charge.dispute.updated";
  if (isInquiry(dispute)) {
    if (verdict === "escalate_inquiry_evidence") return escalate(call, dispute);
    const status = verdict === "winning_evidence" ? "warning_closed" : "warning_under_review";
    return moveDispute(call, dispute, { status, event });
  }
  if (verdict === "winning_evidence") return moveDispute(call, dispute, { status: "won", event });
  if (verdict === "losing_evidence") return moveDispute(call, dispute, { status: "lost", event });
  // Nobody knows when a bank decides: only a control does.
  const { next: _, ...waiting } = dispute;
  const isAppeal = dispute.status.startsWith("appeal_");
  return moveDispute(call, waiting, { status: isAppeal ? "appeal_under_review" : "under_review", event });
};

/** Accepts it as lost. Stripe documents this for `needs_response` only. */
export const closeDispute = (call: Call, id: string): unknown => {
  const dispute = openDisputeOf(call, id);
  if (dispute.status !== "needs_response")
    throw refused("Only a dispute that needs a response can be closed");
  return renderDispute(call.state, moveDispute(call, dispute, { status: "lost" }));
};

const disputeOf = (call: Call, id: string): Dispute => {
  const dispute = call.state.get("dispute", id);
  if (dispute?.owner !== call.owner) throw missingResource("dispute", id, "dispute", 404);
  return dispute;
};

const openDisputeOf = (call: Call, id: string): Dispute => {
  const dispute = disputeOf(call, id);
  if (isClosed(dispute)) throw refused("This dispute is already closed");
  return dispute;
};

const refused = (message: string): Failure =>
  new Failure(400, { type: "invalid_request_error", message }, false);
