import { describe, expect, test } from "vitest";
import type { Which } from "#functions/payment/stripe.ts";
import { days, seconds } from "#functions/values/clock.ts";
import { settleSeconds } from "#infra/local/stripe/refund-course.ts";
import {
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

const refundNow = async ({ stripe }: Subject, id: string) => {
  const answer = await stripe.retrieveRefund(testMode, id);
  if (answer.outcome !== "answered") throw new Error(answer.outcome);
  return answer.refund;
};

const listed = async ({ stripe }: Subject, which: Which, after?: string) => {
  const answer = await stripe.listRefunds(testMode, which, after);
  if (answer.outcome !== "answered") throw new Error(answer.outcome);
  return answer;
};

describe.each(subjects())("Stripe's refunds as %s", (_, subjectOf) => {
  test("give back parts until nothing is left, and call the charge refunded only then", async () => {
    const subject = subjectOf();
    const { id, currency } = await captured(subject);
    const first = await refunded(subject, id, 1_000);
    expect(first).toEqual({
      id: expect.stringMatching(/^re_/),
      status: "succeeded",
      amount: 1_000,
      currency,
      paymentIntentId: id,
      metadata: { refund: "1" },
      created: Math.floor(clock.at / 1_000) * 1_000,
      failureReason: undefined,
    });
    expect(await intentNow(subject, id)).toMatchObject({ amountRefunded: 1_000, refunded: false });
    expect(await refundNow(subject, first.id)).toEqual(first);
    expect(await refunded(subject, id)).toMatchObject({ amount: 1_390 });
    expect(await intentNow(subject, id)).toMatchObject({ amountRefunded: amount, refunded: true });
    expect(await refund(subject, id)).toEqual({ outcome: "refused", code: "charge_already_refunded" });
    expect(subject.ledger(id)).toEqual({
      currency,
      captured: amount,
      refunded: amount,
      disputed: 0,
      kept: 0,
    });
  });

  test("say when they only repeat what the key was answered before", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject);
    const dispute = subject.bank.openDispute(id);
    const ask = (key: string) =>
      subject.stripe.refundPaymentIntent(testMode, { paymentIntentId: id, metadata: {} }, key);
    const no = { outcome: "refused", code: "charge_disputed" };
    expect(await ask(`${id}:1`)).toEqual(no);
    subject.bank.closeDispute(dispute, "won");
    expect(await ask(`${id}:1`)).toEqual({ ...no, replayed: true });
    const made = await ask(`${id}:2`);
    expect(made).toMatchObject({ outcome: "answered" });
    expect(await ask(`${id}:2`)).toEqual({ ...made, replayed: true });
  });

  test("never exceed what was captured", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject);
    await refunded(subject, id, 1_000);
    for (const tooMuch of [1_391, amount, 0, -1])
      expect(await refund(subject, id, tooMuch)).toMatchObject({ outcome: "refused" });
    expect(subject.ledger(id)).toMatchObject({ refunded: 1_000 });
  });

  test("are listed newest first, by PaymentIntent or by creation, a page at a time", async () => {
    const subject = subjectOf();
    clock.advance(days(1));
    const from = clock.at;
    const { id } = await captured(subject);
    const other = await captured(subject);
    const made: string[] = [];
    for (let count = 0; count < 101; count += 1) made.unshift((await refunded(subject, id, 1)).id);
    const last = (await refunded(subject, other.id)).id;
    const pagesOf = async (which: Which) => {
      const page = await listed(subject, which);
      const rest = await listed(subject, which, page.refunds.at(-1)?.id);
      expect([page.more, rest.more]).toEqual([true, false]);
      return [...page.refunds, ...rest.refunds].map((each) => each.id);
    };
    expect(await pagesOf({ paymentIntentId: id })).toEqual(made);
    expect(await pagesOf({ created: { from, to: clock.at } })).toEqual([last, ...made]);
    const earlier = await listed(subject, { created: { from: 0, to: from - 1_000 } });
    expect(earlier.refunds.some((each) => made.includes(each.id))).toBe(false);
  });

  test("pend with pm_card_pendingRefund, are in no sum until they succeed, and hold their money", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_pendingRefund");
    const pending = await refunded(subject, id, 2_000);
    expect(pending.status).toBe("pending");
    expect(await intentNow(subject, id)).toMatchObject({ amountRefunded: 0, refunded: false });
    expect(subject.ledger(id)).toMatchObject({ refunded: 0 });
    expect(await refund(subject, id, 391)).toMatchObject({ outcome: "refused" });
    clock.advance(seconds(settleSeconds - 1));
    expect(await refundNow(subject, pending.id)).toMatchObject({ status: "pending" });
    clock.advance(seconds(1));
    expect(await refundNow(subject, pending.id)).toMatchObject({ status: "succeeded" });
    expect(await intentNow(subject, id)).toMatchObject({ amountRefunded: 2_000 });
    expect(subject.ledger(id)).toMatchObject({ refunded: 2_000, kept: 390 });
  });

  test("succeed and then fail with pm_card_refundFail: the money can be refunded again", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_refundFail");
    const first = await refunded(subject, id);
    expect(first.status).toBe("succeeded");
    expect(await intentNow(subject, id)).toMatchObject({ amountRefunded: amount, refunded: true });
    clock.advance(seconds(settleSeconds));
    expect(await refundNow(subject, first.id)).toMatchObject({
      status: "failed",
      failureReason: "expired_or_canceled_card",
    });
    expect(await intentNow(subject, id)).toMatchObject({ amountRefunded: 0, refunded: false });
    expect(subject.ledger(id)).toMatchObject({ refunded: 0, kept: amount });
    expect(await refund(subject, id)).toMatchObject({ outcome: "answered" });
  });

  test("end when the bank says so, before their time or after it", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject, "pm_card_pendingRefund");
    const pending = await refunded(subject, id, 1_000);
    subject.bank.settleRefund(pending.id, "succeeded");
    expect(await refundNow(subject, pending.id)).toMatchObject({ status: "succeeded" });
    subject.bank.settleRefund(pending.id, "failed", "lost_or_stolen_card");
    expect(await refundNow(subject, pending.id)).toMatchObject({ failureReason: "lost_or_stolen_card" });
    clock.advance(days(30));
    expect(subject.ledger(id)).toMatchObject({ refunded: 0, kept: amount });
  });

  test("of another account or of nothing are not there", async () => {
    const subject = subjectOf();
    const { id } = await captured(subject);
    const made = await refunded(subject, id);
    const other = { livemode: false, stripeAccount: "acct_123456789" };
    const missing = { outcome: "refused", code: "resource_missing" };
    expect(await subject.stripe.retrieveRefund(other, made.id)).toEqual(missing);
    expect(await subject.stripe.retrieveRefund(testMode, "re_unknown")).toEqual(missing);
    expect(await subject.stripe.listRefunds(other, { paymentIntentId: id })).toEqual(missing);
    expect(await subject.stripe.listRefunds(other, { created: { from: 0, to: clock.at } })).toEqual({
      outcome: "answered",
      refunds: [],
      more: false,
    });
  });
});
