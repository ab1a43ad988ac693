import fc from "fast-check";
import { expect, it } from "vitest";
import { days } from "#functions/values/clock.ts";
import { isHeld } from "#infra/local/stripe/dispute-course.ts";
import { effort, seed } from "#test/effort.ts";
import { type FakeStripe, fakeStripe } from "#test/fakes/stripe.ts";
import { testMode, wanted } from "./stripe-subject.ts";

const cards = ["pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail", "pm_card_createDisputeInquiry"];

const anyMove = fc.oneof(
  fc.record({ does: fc.constant("refund" as const), amount: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ does: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 130 }) }),
  fc.record({ does: fc.constant("dispute" as const), inquiry: fc.boolean() }),
  fc.record({ does: fc.constant("close" as const), which: fc.nat(5), won: fc.boolean() }),
  fc.record({ does: fc.constant("escalate" as const), which: fc.nat(5) }),
  fc.record({ does: fc.constant("settle" as const), which: fc.nat(5), succeeds: fc.boolean() }),
);
type Move = typeof anyMove extends fc.Arbitrary<infer M> ? M : never;

/** What the bank cannot do now it refuses, and nothing has happened. */
const tried = (act: () => unknown): void => {
  try {
    act();
  } catch {
    // The next move may go.
  }
};

const idOf = (records: readonly { id: string }[], which: number): string =>
  records[which % Math.max(records.length, 1)]?.id ?? "none";

type On = { stripe: FakeStripe; intent: string; advance(by: number): void };

const make = async ({ stripe, intent, advance }: On, move: Move): Promise<void> => {
  const dispute = "which" in move ? idOf(stripe.disputes(), move.which) : "none";
  switch (move.does) {
    case "refund": {
      const refund = { paymentIntentId: intent, amount: move.amount, metadata: {} };
      await stripe.refundPaymentIntent(testMode, refund, `refund-${stripe.refunds().length}-${move.amount}`);
      return;
    }
    case "wait":
      return advance(days(move.days));
    case "dispute":
      return tried(() => stripe.bank.openDispute(intent, { inquiry: move.inquiry }));
    case "close":
      return tried(() => stripe.bank.closeDispute(dispute, move.won ? "won" : "lost"));
    case "escalate":
      return tried(() => stripe.bank.escalateDispute(dispute));
    case "settle": {
      const refund = idOf(stripe.refunds(), move.which);
      return tried(() => stripe.bank.settleRefund(refund, move.succeeds ? "succeeded" : "failed"));
    }
  }
};

const sum = (amounts: readonly { amount: number }[]): number =>
  amounts.reduce((total, { amount }) => total + amount, 0);

const check = ({ stripe, intent }: On): void => {
  const ledger = stripe.ledger(intent);
  const charge = stripe.intents()[0]?.charge;
  const refunds = stripe.refunds();
  expect(ledger).toMatchObject({
    captured: charge?.amountCaptured,
    refunded: charge?.amountRefunded,
    disputed: sum(stripe.disputes().filter(isHeld)),
  });
  expect(ledger?.refunded).toBe(sum(refunds.filter(({ status }) => status === "succeeded")));
  const promised = sum(refunds.filter(({ status }) => status !== "failed"));
  expect(promised).toBeLessThanOrEqual(ledger?.captured ?? 0);
  const { captured = 0, refunded = 0, disputed = 0 } = ledger ?? {};
  expect(ledger?.kept).toBe(captured - refunded - disputed);
};

it("accounts for every movement of money, and objects say the same, whatever banks and buyers do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...cards), fc.array(anyMove, { maxLength: 25 }), async (card, moves) => {
      let now = Date.UTC(2026, 10, 23);
      const stripe = fakeStripe(() => now);
      const held = await stripe.createPaymentIntent(testMode, wanted(card), "authorize");
      if (held.outcome !== "authorized") throw new Error(held.outcome);
      const intent = held.intent.id;
      await stripe.capturePaymentIntent(testMode, intent, "capture");
      const advance = (by: number) => {
        now += by;
      };
      for (const move of moves) {
        await make({ stripe, intent, advance }, move);
        check({ stripe, intent, advance });
      }
    }),
    { numRuns: effort(2_000), seed: seed(7) },
  );
});
