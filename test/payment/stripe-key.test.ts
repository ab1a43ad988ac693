import { describe, expect, test } from "vitest";
import { hours } from "#functions/values/clock.ts";
import { aKey, authorize, clock, subjects, testMode, wanted } from "./stripe-subject.ts";

describe.each(subjects())("Stripe's idempotency key as %s", (_, subjectOf) => {
  test("answers the same key with the same PaymentIntent, and the same decline", async () => {
    const subject = subjectOf();
    for (const token of ["pm_card_visa", "pm_card_chargeDeclined"]) {
      const key = aKey();
      const first = await subject.stripe.createPaymentIntent(testMode, wanted(token), key);
      const count = subject.state.all("intent").length;
      const again = await subject.stripe.createPaymentIntent(testMode, wanted(token), key);
      expect(again).toEqual(first.outcome === "authorized" ? { ...first, replayed: true } : first);
      expect(subject.state.all("intent")).toHaveLength(count);
    }
  });

  test("does not take other parameters under the same key for an answer", async () => {
    const subject = subjectOf();
    const key = aKey();
    await subject.stripe.createPaymentIntent(testMode, wanted(), key);
    const other = await subject.stripe.createPaymentIntent(testMode, wanted("pm_card_amex"), key);
    expect(other).toMatchObject({ outcome: "unknown", keySpent: true });
  });

  test("forgets a key after a day", async () => {
    const subject = subjectOf();
    const key = aKey();
    const first = await subject.stripe.createPaymentIntent(testMode, wanted(), key);
    clock.advance(hours(25));
    expect(await subject.stripe.createPaymentIntent(testMode, wanted(), key)).not.toEqual(first);
  });

  test("repeats a fault under its key, and says that it will", async () => {
    const subject = subjectOf();
    const key = aKey();
    subject.fail({ match: "POST", kind: "500" });
    const ask = () => subject.stripe.createPaymentIntent(testMode, wanted(), key);
    expect(await ask()).toMatchObject({ outcome: "unknown", keySpent: false });
    expect(await ask()).toMatchObject({ outcome: "unknown", keySpent: true });
  });

  test.each(["409", "429"] as const)("is unknown when busy (%s), and free afterwards", async (kind) => {
    const subject = subjectOf();
    subject.fail({ match: "POST", kind });
    expect(await authorize(subject)).toMatchObject({ outcome: "unknown", keySpent: false });
    expect(await authorize(subject)).toMatchObject({ outcome: "authorized" });
  });

  test("is unknown when the connection is lost after the fact, and the same key tells", async () => {
    const subject = subjectOf();
    const key = aKey();
    const count = subject.state.all("intent").length;
    // Twice: the SDK itself tries a closed connection once more.
    subject.fail({ match: "POST", when: "after", kind: "close", times: 2 });
    const ask = () => subject.stripe.createPaymentIntent(testMode, wanted(), key);
    const first = await ask();
    expect(first).toMatchObject({ outcome: "unknown", keySpent: false });
    for (let answer = first; answer.outcome !== "authorized"; ) answer = await ask();
    expect(subject.state.all("intent")).toHaveLength(count + 1);
  });
});
