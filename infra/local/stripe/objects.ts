import type { Card } from "./test-cards.ts";

export type Charge = {
  id: string;
  amount: number;
  amountCaptured: number;
  /** Refunds that have succeeded: a pending one is not in it, a failed one no longer. */
  amountRefunded: number;
  card: Card;
  /** Seconds; absent once captured. */
  captureBefore?: number;
  authenticated: boolean;
  /** Stays true when the dispute is won. */
  disputed: boolean;
};
export type IntentStatus =
  | "requires_payment_method"
  | "requires_action"
  | "requires_capture"
  | "succeeded"
  | "canceled"
  | "processing";

/** What every object has that a list shows. */
type Listed = {
  id: string;
  /** Mode and account: what belongs to another is not there. */
  owner: string;
  livemode: boolean;
  /** Seconds. */
  created: number;
  /** Counts objects: the order of those that share a second. */
  sequence: number;
};
export type Intent = Listed & {
  amount: number;
  currency: string;
  captureMethod: "manual" | "automatic";
  status: IntentStatus;
  metadata: Record<string, string>;
  paymentMethod: string;
  charge?: Charge;
  error?: Readonly<Record<string, unknown>>;
  canceledAt?: number;
  cancellationReason?: string;
};
export type RefundStatus = "pending" | "succeeded" | "failed";
export type Refund = Listed & {
  intentId: string;
  amount: number;
  status: RefundStatus;
  metadata: Record<string, string>;
  reason?: string;
  failureReason?: string;
  /** What becomes of it by itself. */
  next?: { at: number; status: "succeeded" | "failed" };
};
export type DisputeStatus =
  | "warning_needs_response"
  | "warning_under_review"
  | "warning_closed"
  | "needs_response"
  | "under_review"
  | "appeal_needs_response"
  | "appeal_under_review"
  | "won"
  | "lost"
  | "prevented";
export type Dispute = Listed & {
  intentId: string;
  amount: number;
  status: DisputeStatus;
  reason: string;
  evidence: Record<string, string>;
  metadata: Record<string, string>;
  submissions: number;
  dueBy: number;
  next?: { at: number; status: "warning_closed" | "lost" };
};
export type GrantedToken = Omit<Listed, "sequence"> & {
  paymentMethod: string;
  currency: string;
  maxAmount: number;
  expiresAt: number;
  used: number;
  deactivated?: { at: number; reason: "consumed" | "expired" | "revoked" };
};
/** Something that moved money, with Stripe's names (docs.stripe.com/reports/reporting-categories). */
export type Movement = Listed & {
  intentId: string;
  category: "charge" | "refund" | "refund_failure" | "dispute" | "dispute_reversal";
  /** What the seller got; below zero it was taken. */
  amount: number;
  currency: string;
  /** The charge, refund or dispute. */
  source: string;
};
export type StripeEvent = Listed & {
  type: string;
  object: unknown;
  previous?: Readonly<Record<string, unknown>>;
  /** Absent: it happened by itself. */
  request?: { idempotencyKey: string | undefined };
  /** No endpoint has it yet, or not every one. */
  undelivered: boolean;
};
export type StoredAnswer = { id: string; fingerprint: string; status: number; body: unknown; at: number };

export type Records = {
  intent: Intent;
  refund: Refund;
  dispute: Dispute;
  token: GrantedToken;
  movement: Movement;
  event: StripeEvent;
  answer: StoredAnswer;
};
export type Kind = keyof Records;
