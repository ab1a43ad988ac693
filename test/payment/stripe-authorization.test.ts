import { describe, expect, test } from "vitest";
import { toStripeAmount } from "#functions/payment/currency.ts";
import { days } from "#functions/values/clock.ts";
import { authorize, authorized, clock, subjects, testMode } from "./stripe-subject.ts";

const proof = {
  outcome: "authenticated",
  cryptogram: "AAIB",
  electronicCommerceIndicator: "05",
  transactionId: "t",
  version: "2.2.0",
};

describe.each(subjects())("Stripe as %s", (_, subjectOf) => {
  test("authorizes for capture within seven days", async () => {
    const subject = subjectOf();
    const intent = await authorized(subject);
    expect(intent).toMatchObject({ status: "requires_capture", refunded: false });
    expect(intent.captureBefore).toBe(Math.floor(clock.at / 1_000) * 1_000 + days(7));
    expect(intent.chargeId).toMatch(/^ch_/);
    expect(await subject.stripe.retrievePaymentIntent(testMode, intent.id)).toEqual({
      outcome: "answered",
      intent,
    });
  });

  test.each(["pm_card_mastercard", "pm_card_amex", "pm_card_visa_debit", "pm_card_threeDSecureOptional"])(
    "takes %s",
    async (token) => expect(await authorize(subjectOf(), token)).toMatchObject({ outcome: "authorized" }),
  );

  test.each([
    ["pm_card_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"],
    ["pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", undefined],
    ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", undefined],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", undefined],
  ])("declines %s and names the PaymentIntent", async (token, code, declineCode) => {
    const answer = await authorize(subjectOf(), token);
    expect(answer).toMatchObject({
      outcome: "declined",
      code,
      intent: { status: "requires_payment_method" },
    });
    expect(answer.outcome === "declined" && answer.declineCode).toBe(declineCode);
  });

  test.each(["pm_card_authenticationRequired", "pm_card_threeDSecure2Required"])(
    "wants authentication for %s, and takes it with proof",
    async (token) => {
      const subject = subjectOf();
      expect(await authorize(subject, token)).toMatchObject({
        outcome: "requires_action",
        // Ended, not waiting for a buyer who is not there.
        intent: { status: "requires_payment_method" },
      });
      expect(await authorize(subject, token, { authentication: proof })).toMatchObject({
        outcome: "authorized",
      });
    },
  );

  test.each([
    ["pm_card_authenticationRequired", "visa"],
    ["pm_card_mastercard", "mastercard"],
    ["pm_card_amex", "amex"],
    ["pm_card_discover", "discover"],
  ])(
    "names the brand of %s when its issuer wants authentication, then and later",
    async (token, cardBrand) => {
      const subject = subjectOf();
      subject.fail({ match: "POST /v1/payment_intents", kind: "authenticate" });
      const answer = await authorize(subject, token);
      const error = { code: "authentication_required", cardBrand };
      expect(answer).toMatchObject({ outcome: "requires_action", intent: { error } });
      const id = (answer.outcome === "requires_action" && answer.intent?.id) || "";
      expect(await subject.stripe.retrievePaymentIntent(testMode, id)).toMatchObject({ intent: { error } });
    },
  );

  test("names the brand behind a shared payment token, too", async () => {
    const subject = subjectOf();
    const token = await subject.grant("eur", 2_390);
    subject.fail({ match: "POST /v1/payment_intents", kind: "authenticate" });
    expect(await authorize(subject, token)).toMatchObject({ intent: { error: { cardBrand: "visa" } } });
  });

  test("does not ask a card to authenticate that can't", async () =>
    expect(await authorize(subjectOf(), "pm_card_amex_threeDSecureNotSupported")).toMatchObject({
      outcome: "authorized",
    }));

  test.each([
    ["an unknown token", "pm_unknown", {}, "resource_missing"],
    ["an unknown shared token", "spt_unknown", {}, "resource_missing"],
    ["less than the minimum", "pm_card_visa", { amount: 49 }, "amount_too_small"],
    ["nine digits", "pm_card_visa", { amount: 100_000_000 }, "amount_too_large"],
    [
      "a broken amount of dinars",
      "pm_card_visa",
      { amount: 5_124, currency: "kwd" },
      "parameter_invalid_integer",
    ],
  ] as const)("refuses %s for good", async (_name, token, more, code) => {
    expect(await authorize(subjectOf(), token, more)).toEqual({ outcome: "refused", code });
  });

  test("takes whatever currency.ts calls chargeable", async () => {
    for (const [amount, currency] of [
      [500, "jpy"],
      [5_120, "kwd"],
      [5_000, "ugx"],
    ] as const) {
      const more = { amount: toStripeAmount(amount, currency), currency };
      expect(await authorize(subjectOf(), "pm_card_visa", more), currency).toMatchObject({
        outcome: "authorized",
      });
    }
  });

  test("charges a shared payment token up to its limit and no further", async () => {
    const subject = subjectOf();
    const token = await subject.grant("eur", 2_390);
    expect(await authorize(subject, token)).toMatchObject({ outcome: "authorized" });
    expect(await authorize(subject, token)).toMatchObject({ outcome: "refused" });
  });
});
