import { z } from "zod";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, Instant } from "#functions/values/clock.ts";
import { MinorUnits } from "#functions/values/money.ts";

export const DisputeStatus = z.enum(["open", "won", "lost"]);
export type DisputeStatus = z.infer<typeof DisputeStatus>;

/**
 * The whole state machine. Banks reverse themselves and ask again, so nothing is refused: Stripe is read after the
 * order, and the order's revision lets nothing through that is older than what it replaces.
 */
export const disputeMoves = {
  /** The store answers with evidence until `evidenceDueBy`, then the bank decides. */
  open: ["won", "lost"],
  won: ["open", "lost"],
  /** Opened again by an appeal, or the funds are reinstated at once. */
  lost: ["open", "won"],
} as const satisfies Record<DisputeStatus, readonly DisputeStatus[]>;

/** The bank moves it and Stripe tells; should that be lost, the books are compared with Stripe's. */
export const disputeTimers = {
  open: { by: "reconciliation/reconcile-books", within: days(1), due: "schedule" },
  won: "rest",
  lost: "rest",
} as const satisfies Timers<DisputeStatus>;

/** A buyer's bank questions the payment (docs.stripe.com/disputes). It lives in the order's row. */
export const Dispute = z.object({
  /** Stripe's id. */
  id: z.string(),
  status: DisputeStatus,
  /** An inquiry asks only; a chargeback has taken the amount already. */
  kind: z.enum(["inquiry", "chargeback"]),
  amount: MinorUnits,
  /** The bank's reason, as Stripe words it. */
  reason: z.string(),
  evidenceDueBy: Instant.optional(),
  openedAt: Instant,
  closedAt: Instant.optional(),
});
export type Dispute = z.infer<typeof Dispute>;

/** The bank holds the money, or has taken it for good. */
export const isTaken = ({ kind, status }: Pick<Dispute, "kind" | "status">): boolean =>
  kind === "chargeback" && status !== "won";

export const disputedOf = (disputes: readonly Dispute[]): number =>
  disputes.reduce((sum, dispute) => sum + (isTaken(dispute) ? dispute.amount : 0), 0);

type Disputed = { readonly disputes: readonly Dispute[] };

/** The bank holds money or has taken it: nothing is shipped for it. */
export const isDisputed = ({ disputes }: Disputed): boolean => disputes.some(isTaken);

/**
 * The bank holds money and decides where it goes: nothing is given back beside it. What it has taken for good is gone
 * to the buyer, and the rest is free; an inquiry is answered by giving back, if anything.
 */
export const isContested = ({ disputes }: Disputed): boolean =>
  disputes.some(({ kind, status }) => kind === "chargeback" && status === "open");

/** While a dispute is open nothing more is shipped. */
export const isFrozen = ({ disputes }: Disputed): boolean => disputes.some(({ status }) => status === "open");

export const mayNotShip = (order: Disputed): boolean => isFrozen(order) || isDisputed(order);
