import StripeSdk from "stripe";
import { describe, expect, test } from "vitest";
import { days, seconds } from "#functions/values/clock.ts";
import type { EventBody } from "#infra/local/stripe/events.ts";
import { settleSeconds } from "#infra/local/stripe/refund-course.ts";
import { signatureOf } from "#infra/local/stripe/signature.ts";
import {
  aKey,
  authorize,
  authorized,
  captured,
  clock,
  refunded,
  type Subject,
  subjects,
  testMode,
  wanted,
} from "./stripe-subject.ts";

const typesSince = (subject: Subject) => subject.takeEvents().map(({ type }) => type);
const objectOf = ({ data }: EventBody) => data.object as Record<string, unknown>;

describe.each(subjects())("Stripe's events as %s", (_, subjectOf) => {
  const fresh = () => {
    const subject = subjectOf();
    subject.takeEvents();
    return subject;
  };

  test("tell each step of a payment, in order", async () => {
    const subject = fresh();
    const { id } = await authorized(subject);
    expect(typesSince(subject)).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.amount_capturable_updated",
    ]);
    await subject.stripe.capturePaymentIntent(testMode, id, `${id}:c`);
    expect(typesSince(subject)).toEqual(["charge.captured", "payment_intent.succeeded"]);
    await refunded(subject, id, 1_000);
    expect(typesSince(subject)).toEqual(["refund.created", "charge.refunded"]);
    subject.bank.openDispute(id);
    expect(typesSince(subject)).toEqual(["charge.dispute.created", "charge.dispute.funds_withdrawn"]);
  });

  test("tell declines, demands to authenticate, and authorizations that end", async () => {
    const subject = fresh();
    await authorize(subject, "pm_card_chargeDeclined");
    await authorize(subject, "pm_card_authenticationRequired");
    const failed = ["payment_intent.created", "payment_intent.payment_failed"];
    expect(typesSince(subject)).toEqual([...failed, ...failed]);
    const { id } = await authorized(subject);
    await authorized(subject);
    subject.takeEvents();
    await subject.stripe.cancelPaymentIntent(testMode, id, `${id}:v`);
    expect(typesSince(subject)).toEqual(["payment_intent.canceled"]);
    clock.advance(days(8));
    expect(typesSince(subject)).toEqual(["charge.expired", "payment_intent.canceled"]);
  });

  test("tell what becomes of a refund by itself", async () => {
    const subject = fresh();
    const pending = await captured(subject, "pm_card_pendingRefund");
    const failing = await captured(subject, "pm_card_refundFail");
    subject.takeEvents();
    await refunded(subject, pending.id);
    expect(typesSince(subject)).toEqual(["refund.created"]);
    clock.advance(seconds(settleSeconds));
    const updated = ["refund.updated", "charge.refund.updated"];
    expect(typesSince(subject)).toEqual([...updated, "charge.refunded"]);
    await refunded(subject, failing.id);
    subject.takeEvents();
    clock.advance(seconds(settleSeconds));
    const failed = subject.takeEvents();
    expect(failed.map(({ type }) => type)).toEqual([...updated, "refund.failed"]);
    expect(failed[0]?.data.previous_attributes).toEqual({ status: "succeeded" });
    expect(failed[0]?.request).toEqual({ id: null, idempotency_key: null });
  });

  test("tell how a dispute goes, and its money", async () => {
    const subject = fresh();
    const { id } = await captured(subject, "pm_card_createDispute");
    expect(typesSince(subject).slice(-4)).toEqual([
      "charge.captured",
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
      "payment_intent.succeeded",
    ]);
    const [dispute] = subject.state.all("dispute").filter(({ intentId }) => intentId === id);
    subject.bank.closeDispute(dispute?.id ?? "", "won");
    expect(typesSince(subject)).toEqual(["charge.dispute.funds_reinstated", "charge.dispute.closed"]);
  });

  test("tell when a shared payment token is used, and when it is deactivated", async () => {
    const subject = fresh();
    const token = "shared_payment.granted_token";
    const spent = await subject.grant("eur", 2_390);
    await authorize(subject, spent);
    expect(typesSince(subject).slice(1, 3)).toEqual([`${token}.used`, `${token}.deactivated`]);
    const unused = await subject.grant("eur", 2_390);
    clock.advance(days(1));
    const [expired, ...others] = subject.takeEvents().filter(({ type }) => type.startsWith(token));
    expect(others).toEqual([]);
    expect(expired && objectOf(expired)).toMatchObject({ id: unused, deactivated_reason: "expired" });
  });

  test("have Stripe's shape: whose, which mode, by which request, and the object as it was then", async () => {
    const subject = fresh();
    const merchant = { livemode: true, stripeAccount: "acct_123456789" };
    const key = aKey();
    await subject.stripe.createPaymentIntent(merchant, wanted(), key);
    const [created, , held] = subject.takeEvents();
    expect(created).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      object: "event",
      account: "acct_123456789",
      api_version: expect.any(String),
      created: Math.floor(clock.at / 1_000),
      livemode: true,
      pending_webhooks: 1,
      request: { idempotency_key: key },
      type: "payment_intent.created",
    });
    expect(created && objectOf(created)).toMatchObject({ status: "requires_payment_method" });
    expect(held && objectOf(held)).toMatchObject({ status: "requires_capture", amount_capturable: 2_390 });
    await authorized(subject);
    expect(subject.takeEvents()[0]).not.toHaveProperty("account");
  });

  test("of a repeated key are not told again", async () => {
    const subject = fresh();
    const key = aKey();
    await subject.stripe.createPaymentIntent(testMode, wanted(), key);
    subject.takeEvents();
    await subject.stripe.createPaymentIntent(testMode, wanted(), key);
    expect(subject.takeEvents()).toEqual([]);
  });
});

describe("Stripe's signature", () => {
  const payload = '{"id":"evt_1"}';
  const [secret, older] = ["whsec_new", "whsec_old"];
  const atSeconds = Math.floor(Date.now() / 1_000);
  const { webhooks } = new StripeSdk("sk_test_1");
  const opens = (header: string, by: string, text = payload) =>
    webhooks.constructEvent(text, header, by).id === "evt_1";

  test("is what Stripe's own library accepts, with each secret of an endpoint that rolls them", () => {
    const header = signatureOf(payload, { secrets: [secret, older], atSeconds });
    expect(opens(header, secret)).toBe(true);
    expect(opens(header, older)).toBe(true);
  });

  test("is not accepted with another secret, another payload, or later", () => {
    const header = signatureOf(payload, { secrets: [secret], atSeconds });
    expect(() => opens(header, older)).toThrow();
    expect(() => opens(header, secret, `${payload} `)).toThrow();
    const old = signatureOf(payload, { secrets: [secret], atSeconds: atSeconds - 301 });
    expect(() => opens(old, secret)).toThrow();
  });

  test("of live mode has no v0", () => {
    expect(signatureOf(payload, { secrets: [secret], atSeconds })).toMatch(/,v0=/);
    expect(signatureOf(payload, { secrets: [secret], atSeconds, livemode: true })).not.toMatch(/,v0=/);
  });
});
