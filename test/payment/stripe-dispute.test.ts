import { describe, expect, test } from "vitest";
import { days, seconds } from "#functions/values/clock.ts";
import {
  authorize,
  authorized,
  captured,
  clock,
  intentNow,
  refund,
  refunded,
  type Subject,
  subjects,
  testMode,
} from "./stripe-subject.ts";

const amount = 2_390;
const proof = { outcome: "authenticated", cryptogram: "AAIB", version: "2.2.0" };

const disputesOf = async ({ stripe }: Subject, paymentIntentId: string) => {
  const answer = await stripe.listDisputes(testMode, { paymentIntentId });
  if (answer.outcome !== "answered") throw new Error(answer.outcome);
  return answer.disputes;
};
const disputeNow = async ({ stripe }: Subject, id: string) => {
  const answer = await stripe.retrieveDispute(testMode, id);
  if (answer.outcome !== "answered") throw new Error(answer.outcome);
  return answer.dispute;
};

describe.each(subjects())("Stripe's disputes as %s", (_, subjectOf) => {
  test.each([
    ["pm_card_createDispute", "fraudulent"],
    ["pm_card_createDisputeProductNotReceived", "product_not_received"],
  ])(
    "begin with the capture for %s, take the money and close the charge to refunds",
    async (token, reason) => {
      const subject = subjectOf();
      const held = await authorized(subject, token);
      expect(await disputesOf(subject, held.id)).toEqual([]);
      await subject.stripe.capturePaymentIntent(testMode, held.id, `${held.id}:capture`);
      const [dispute, ...others] = await disputesOf(subject, held.id);
      expect(others).toEqual([]);
      expect(dispute).toEqual({
        id: expect.stringMatching(/^du_/),
        status: "needs_response",
        amount,
        currency: "eur",
        reason,
        paymentIntentId: held.id,
        evidenceDueBy: expect.any(Number),
        created: Math.floor(clock.at / 1_000) * 1_000,
      });
      expect(dispute?.evidenceDueBy).toBeGreaterThan(clock.at + days(7));
      expect(await intentNow(subject, held.id)).toMatchObject({ disputed: true, status: "succeeded" });
      expect(subject.ledger(held.id)).toMatchObject({ captured: amount, disputed: amount, kept: 0 });
      expect(await refund(subject, held.id)).toEqual({ outcome: "refused", code: "charge_disputed" });
    },
  );

  test("as an inquiry hold no money and allow refunds", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_createDisputeInquiry");
    const [inquiry] = await disputesOf(subject, id);
    expect(inquiry?.status).toBe("warning_needs_response");
    expect(await intentNow(subject, id)).toMatchObject({ disputed: true });
    expect(subject.ledger(id)).toMatchObject({ disputed: 0, kept: amount });
    expect(await refund(subject, id, 390)).toMatchObject({ outcome: "answered" });
    subject.bank.escalateDispute(inquiry?.id ?? "");
    expect(await disputeNow(subject, inquiry?.id ?? "")).toMatchObject({
      status: "needs_response",
      amount: 2_000,
    });
    expect(subject.ledger(id)).toMatchObject({ refunded: 390, disputed: 2_000, kept: 0 });
  });

  test("of an inquiry that nobody escalates close after 120 days", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_createDisputeInquiry");
    clock.advance(days(120));
    expect(await disputesOf(subject, id)).toMatchObject([{ status: "warning_closed" }]);
    expect(subject.ledger(id)).toMatchObject({ kept: amount });
  });

  test("spare a fraudulent claim on an authenticated payment", async () => {
    const subject = subjectOf();
    const answer = await authorize(subject, "pm_card_createDispute", { authentication: proof });
    if (answer.outcome !== "authorized") throw new Error(answer.outcome);
    await subject.stripe.capturePaymentIntent(testMode, answer.intent.id, `${answer.intent.id}:capture`);
    expect(await disputesOf(subject, answer.intent.id)).toEqual([]);
  });

  test("give the money back when won, keep it when lost, and either way round when banks reverse", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject);
    const dispute = subject.bank.openDispute(id, { reason: "duplicate" });
    expect(await disputeNow(subject, dispute)).toMatchObject({
      status: "needs_response",
      reason: "duplicate",
    });
    subject.bank.closeDispute(dispute, "won");
    expect(subject.ledger(id)).toMatchObject({ disputed: 0, kept: amount });
    expect(await refund(subject, id, 90)).toMatchObject({ outcome: "answered" });
    const second = subject.bank.openDispute(id);
    expect(await disputeNow(subject, second)).toMatchObject({ amount: 2_300 });
    subject.bank.closeDispute(second, "lost");
    expect(subject.ledger(id)).toMatchObject({ refunded: 90, disputed: 2_300, kept: 0 });
    expect(await refund(subject, id)).toEqual({ outcome: "refused", code: "charge_disputed" });
    subject.bank.closeDispute(second, "won");
    expect(subject.ledger(id)).toMatchObject({ disputed: 0, kept: 2_300 });
    expect(await intentNow(subject, id)).toMatchObject({ disputed: true });
  });

  test("are opened again by banks, which take what they gave back", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject);
    const dispute = subject.bank.openDispute(id);
    subject.bank.closeDispute(dispute, "won");
    expect(await refund(subject, id, 390)).toMatchObject({ outcome: "answered" });
    clock.advance(days(30));
    subject.bank.reopenDispute(dispute);
    const again = await disputeNow(subject, dispute);
    expect(again).toMatchObject({ status: "needs_response", amount: 2_000 });
    expect(again.evidenceDueBy).toBeGreaterThan(clock.at + days(7));
    expect(subject.ledger(id)).toMatchObject({ refunded: 390, disputed: 2_000, kept: 0 });
    expect(() => subject.bank.reopenDispute(dispute)).toThrow("cannot be opened again");
  });

  test("that were lost are appealed while the bank keeps the money, and lost again in time", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject);
    const dispute = subject.bank.openDispute(id);
    subject.bank.closeDispute(dispute, "lost");
    clock.advance(days(30));
    subject.bank.reopenDispute(dispute);
    const appeal = await disputeNow(subject, dispute);
    expect(appeal).toMatchObject({ status: "appeal_needs_response", amount });
    expect(appeal.evidenceDueBy).toBeGreaterThan(clock.at + days(7));
    expect(subject.ledger(id)).toMatchObject({ disputed: amount, kept: 0 });
    expect(await refund(subject, id)).toEqual({ outcome: "refused", code: "charge_disputed" });
    clock.advance(days(9));
    expect(await disputeNow(subject, dispute)).toMatchObject({ status: "lost" });
    expect(subject.ledger(id)).toMatchObject({ disputed: amount });
  });

  test("are lost when nobody answers in time", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_createDispute");
    const [dispute] = await disputesOf(subject, id);
    clock.advance((dispute?.evidenceDueBy ?? 0) - clock.at);
    expect(await disputesOf(subject, id)).toMatchObject([{ status: "needs_response" }]);
    clock.advance(seconds(1));
    expect(await disputesOf(subject, id)).toMatchObject([{ status: "lost" }]);
  });

  test("stop refunds that pend, whose money they take", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_pendingRefund");
    const pending = await refunded(subject, id, 1_000);
    subject.bank.openDispute(id);
    expect(await subject.stripe.retrieveRefund(testMode, pending.id)).toMatchObject({
      refund: { status: "failed", failureReason: "charge_for_pending_refund_disputed" },
    });
    expect(subject.ledger(id)).toMatchObject({ refunded: 0, disputed: amount, kept: 0 });
  });

  test("are listed newest first by creation, and nobody sees another's", async () => {
    const subject = subjectOf();
    clock.advance(days(1));
    const from = clock.at;
    const made: string[] = [];
    for (let count = 0; count < 3; count += 1)
      made.unshift(subject.bank.openDispute((await captured(subject)).id));
    const which = { created: { from, to: clock.at } };
    const listed = await subject.stripe.listDisputes(testMode, which);
    expect(listed.outcome === "answered" && listed.disputes.map(({ id }) => id)).toEqual(made);
    const rest = await subject.stripe.listDisputes(testMode, which, made[1]);
    expect(rest).toMatchObject({ disputes: [{ id: made[2] }], more: false });
    const other = { livemode: false, stripeAccount: "acct_123456789" };
    expect(await subject.stripe.listDisputes(other, which)).toMatchObject({ disputes: [] });
    expect(await subject.stripe.retrieveDispute(other, made[0] ?? "")).toEqual({
      outcome: "refused",
      code: "resource_missing",
    });
  });
});
