import { describe, expect, test } from "vitest";
import { days } from "#functions/values/clock.ts";
import { authorized, clock, subjects, testMode } from "./stripe-subject.ts";

describe.each(subjects())("Stripe's PaymentIntents as %s", (_, subjectOf) => {
  test("captures once, cancels only what is not captured, refunds only what is", async () => {
    const subject = subjectOf();
    const { stripe } = subject;
    const { id } = await authorized(subject);
    expect(
      await stripe.refundPaymentIntent(testMode, { paymentIntentId: id, metadata: {} }, `${id}:r0`),
    ).toMatchObject({ outcome: "refused" });
    const captured = await stripe.capturePaymentIntent(testMode, id, `${id}:c1`);
    expect(captured).toMatchObject({ outcome: "answered", intent: { status: "succeeded", refunded: false } });
    expect(await stripe.capturePaymentIntent(testMode, id, `${id}:c2`)).toEqual({
      outcome: "refused",
      code: "payment_intent_unexpected_state",
    });
    expect(await stripe.cancelPaymentIntent(testMode, id, `${id}:v`)).toMatchObject({ outcome: "refused" });
    expect(
      await stripe.refundPaymentIntent(testMode, { paymentIntentId: id, metadata: {} }, `${id}:r1`),
    ).toMatchObject({ outcome: "answered", refund: { status: "succeeded" } });
    expect(
      await stripe.refundPaymentIntent(testMode, { paymentIntentId: id, metadata: {} }, `${id}:r1`),
    ).toMatchObject({ outcome: "answered", refund: { status: "succeeded" } });
    expect(
      await stripe.refundPaymentIntent(testMode, { paymentIntentId: id, metadata: {} }, `${id}:r2`),
    ).toEqual({
      outcome: "refused",
      code: "charge_already_refunded",
    });
    expect(await stripe.retrievePaymentIntent(testMode, id)).toMatchObject({ intent: { refunded: true } });
  });

  test("cancels an authorization, also one that expired by itself", async () => {
    const subject = subjectOf();
    const first = await authorized(subject);
    expect(await subject.stripe.cancelPaymentIntent(testMode, first.id, `${first.id}:v`)).toMatchObject({
      outcome: "answered",
      intent: { status: "canceled" },
    });
    const second = await authorized(subject);
    clock.advance(days(8));
    expect(await subject.stripe.retrievePaymentIntent(testMode, second.id)).toMatchObject({
      intent: { status: "canceled" },
    });
  });

  test("lists by creation window, newest first, a page at a time", async () => {
    const subject = subjectOf();
    clock.advance(days(1));
    const from = clock.at;
    const made: string[] = [];
    for (let count = 0; count < 101; count += 1) made.unshift((await authorized(subject)).id);
    const window = { from, to: clock.at };
    const page = await subject.stripe.listPaymentIntents(testMode, window);
    if (page.outcome !== "answered") throw new Error(page.outcome);
    expect(page.more).toBe(true);
    const rest = await subject.stripe.listPaymentIntents(testMode, window, page.intents.at(-1)?.id);
    if (rest.outcome !== "answered") throw new Error(rest.outcome);
    expect(rest.more).toBe(false);
    expect([...page.intents, ...rest.intents].map(({ id }) => id)).toEqual(made);
    const before = await subject.stripe.listPaymentIntents(testMode, { from: 0, to: from - 1_000 });
    expect(before.outcome === "answered" && before.intents.some(({ id }) => made.includes(id))).toBe(false);
  });

  test("keeps accounts and modes apart", async () => {
    const subject = subjectOf();
    const { id } = await authorized(subject);
    for (const other of [{ livemode: true }, { livemode: false, stripeAccount: "acct_123456789" }])
      expect(await subject.stripe.retrievePaymentIntent(other, id)).toEqual({
        outcome: "refused",
        code: "resource_missing",
      });
  });
});
