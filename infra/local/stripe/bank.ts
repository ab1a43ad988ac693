import { byItself, type Change } from "./call.ts";
import {
  escalate,
  isClosed,
  isInquiry,
  moveDispute,
  type NewDispute,
  openDispute,
  reopen,
} from "./dispute-course.ts";
import { settleRefund } from "./refund-course.ts";
import type { State } from "./state.ts";

/** What banks and buyers do, when a test or a developer says so. Ids come back as Stripe's. */
export type Bank = {
  openDispute(paymentIntentId: string, dispute?: NewDispute): string;
  /** Also the other way once it is closed: banks reverse themselves. */
  closeDispute(disputeId: string, status: "won" | "lost" | "prevented" | "warning_closed"): void;
  /** An inquiry becomes a chargeback. */
  escalateDispute(disputeId: string): void;
  /** A closed dispute is asked about again: one that was lost is appealed. */
  reopenDispute(disputeId: string): void;
  /** Before its time, or against the card's nature: any refund can fail. */
  settleRefund(refundId: string, status: "succeeded" | "failed", failureReason?: string): void;
};

export const bankOf = (state: State, act: <T>(does: (now: number) => T) => T): Bank => {
  const find = <K extends "intent" | "dispute" | "refund">(kind: K, id: string) => {
    const record = state.get(kind, id);
    if (!record) throw new Error(`no ${kind} ${id}`);
    return record;
  };
  const changeOf = (now: number, of: Pick<Change, "owner" | "livemode">) => byItself(state, now, of);
  return {
    openDispute: (id, dispute = {}) =>
      act((now) => openDispute(changeOf(now, find("intent", id)), id, dispute).id),
    closeDispute: (id, status) =>
      act((now) => {
        const dispute = find("dispute", id);
        if (isInquiry(dispute) !== (status === "warning_closed"))
          throw new Error(`${id} is ${dispute.status} and cannot become ${status}`);
        moveDispute(changeOf(now, dispute), dispute, { status });
      }),
    escalateDispute: (id) =>
      act((now) => {
        const dispute = find("dispute", id);
        if (!isInquiry(dispute)) throw new Error(`${id} is no inquiry`);
        escalate(changeOf(now, dispute), dispute);
      }),
    reopenDispute: (id) =>
      act((now) => {
        const dispute = find("dispute", id);
        if (!isClosed(dispute)) throw new Error(`${id} is ${dispute.status} and cannot be opened again`);
        reopen(changeOf(now, dispute), dispute);
      }),
    settleRefund: (id, status, failureReason) =>
      act((now) => {
        const refund = find("refund", id);
        if (refund.status === "failed" || refund.status === status)
          throw new Error(`${id} is ${refund.status} and cannot become ${status}`);
        settleRefund(changeOf(now, refund), refund, status, failureReason);
      }),
  };
};
