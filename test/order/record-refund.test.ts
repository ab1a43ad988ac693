import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Order } from "#functions/order/order.ts";
import { recordRefunds, withRefunds } from "#functions/order/record-refund.ts";
import type { Refund } from "#functions/order/refund.ts";
import { refundMetadataOf } from "#functions/payment/payment.ts";
import type { PaymentIntent } from "#functions/payment/stripe.ts";
import { compareRefunds } from "#functions/reconciliation/refund-comparison.ts";
import { effort, seed } from "#test/effort.ts";
import { anOrder, aStripeRefund, now } from "#test/examples.ts";

const order = (given: Partial<Order> = {}): Order =>
  anOrder({
    status: "confirmed",
    version: 3,
    payment: { state: "captured", amount: 2_390, attempt: 1, paymentIntentId: "pi_1" },
    ...given,
  });

const ours = (number: number): Record<string, string> => refundMetadataOf(anOrder(), number);

const intent: PaymentIntent = {
  id: "pi_1",
  status: "succeeded",
  metadata: {},
  amount: 2_390,
  amountReceived: 2_390,
  amountRefunded: 0,
  currency: "eur",
  created: now,
  refunded: false,
  disputed: false,
};

const asked = (given: Partial<Refund> = {}): Refund => ({
  number: 1,
  status: "requested",
  amount: 500,
  lines: [],
  shipping: false,
  restock: false,
  reason: "returned",
  origin: "store",
  requestedAt: now,
  updatedAt: now,
  ...given,
});

const types = (change: ReturnType<typeof withRefunds>) =>
  change?.writes.map(({ change: written }) => ("put" in written ? written.put["type"] : undefined));

describe("a refund at Stripe", () => {
  test("that nobody here knows becomes one of the order's, and is told", () => {
    const change = withRefunds(order(), [aStripeRefund()], now);
    expect(change?.order.refunds).toMatchObject([
      { number: 1, origin: "stripe", amount: 500, status: "succeeded", stripeRefundId: "re_1" },
    ]);
    expect(change?.order).toMatchObject({ version: 4, revision: 2 });
    expect(types(change)).toEqual(["refund.succeeded"]);
  });

  test("is ours by the number it carries, and keeps what we know of it", () => {
    const refunds = [asked(), asked({ number: 2, amount: 700, reason: "damaged" })];
    const change = withRefunds(order({ refunds }), [aStripeRefund({ amount: 700, metadata: ours(2) })], now);
    expect(change?.order.refunds).toMatchObject([
      { number: 1, status: "requested" },
      { number: 2, status: "succeeded", reason: "damaged", stripeRefundId: "re_1", origin: "store" },
    ]);
  });

  test("without a number is never ours, though it failed and ours of the same amount is in flight", () => {
    const change = withRefunds(order({ refunds: [asked()] }), [aStripeRefund({ status: "failed" })], now);
    expect(change?.order.refunds).toMatchObject([
      { number: 1, status: "requested" },
      { number: 2, status: "failed", origin: "stripe", stripeRefundId: "re_1" },
    ]);
  });

  test("without a number is never ours, though ours of the same amount never reached Stripe", () => {
    const change = withRefunds(order({ refunds: [asked()] }), [aStripeRefund({ created: now - 1 })], now);
    expect(change?.order.refunds).toMatchObject([
      { number: 1, status: "requested" },
      { number: 2, status: "succeeded", origin: "stripe", stripeRefundId: "re_1" },
    ]);
  });

  test("with our number and another amount is another one, which only a restore has forgotten", () => {
    const change = withRefunds(
      order({ refunds: [asked()] }),
      [aStripeRefund({ amount: 700, metadata: ours(1) })],
      now,
    );
    expect(change?.order.refunds).toMatchObject([
      { number: 1, status: "requested", amount: 500 },
      { number: 2, status: "succeeded", amount: 700, origin: "store", stripeRefundId: "re_1" },
    ]);
  });

  test("with another order's number is none of ours", () => {
    const metadata = { ...ours(1), checkout: `chk_${"0".repeat(26)}` };
    const change = withRefunds(
      order({ refunds: [asked({ amount: 700 })] }),
      [aStripeRefund({ metadata })],
      now,
    );
    expect(change?.order.refunds).toHaveLength(2);
  });

  test("is never counted for one that was settled with another: both stand", () => {
    const refunds = [asked({ status: "succeeded", stripeRefundId: "re_0" })];
    const change = withRefunds(order({ refunds }), [aStripeRefund({ metadata: ours(1) })], now);
    expect(change?.order.refunds.map(({ number, stripeRefundId }) => [number, stripeRefundId])).toEqual([
      [1, "re_0"],
      [2, "re_1"],
    ]);
  });

  test("that a restore has lost comes back under its number", () => {
    const change = withRefunds(order(), [aStripeRefund({ metadata: ours(4) })], now);
    expect(change?.order.refunds).toMatchObject([{ number: 4, origin: "store" }]);
  });

  test("that the bank sent back is told as failed, and stays so", () => {
    const known = withRefunds(order(), [aStripeRefund()], now)?.order ?? order();
    const change = withRefunds(
      known,
      [aStripeRefund({ status: "failed", failureReason: "lost_or_stolen_card" })],
      now,
    );
    expect(change?.order.refunds).toMatchObject([{ status: "failed", failureCode: "lost_or_stolen_card" }]);
    expect(types(change)).toEqual(["refund.failed"]);
    expect(withRefunds(change?.order ?? known, [aStripeRefund()], now)).toBeUndefined();
  });

  test("on its way is written down, and told as that before it arrives", () => {
    const change = withRefunds(order(), [aStripeRefund({ status: "pending" })], now);
    expect(change?.order).toMatchObject({ version: 4, refunds: [{ status: "pending" }] });
    expect(change?.writes).toMatchObject([
      { change: { put: { type: "order.updated", version: 4, data: { changed: ["adjustment"] } } } },
    ]);
    const again = change && withRefunds(change.order, [aStripeRefund({ status: "pending" })], now);
    expect(again).toBeUndefined();
  });

  test("on its way beside one that arrived has a version of its own", () => {
    const both = [aStripeRefund({ status: "pending" }), aStripeRefund({ id: "re_2" })];
    const change = withRefunds(order(), both, now);
    expect(change?.order.version).toBe(5);
    expect(change?.writes).toMatchObject([
      { change: { put: { type: "refund.succeeded", version: 4 } } },
      { change: { put: { type: "order.updated", version: 5 } } },
    ]);
  });

  test("that undoes an order is noted by the undo itself, and again only if that was lost", () => {
    const undo = aStripeRefund({ amount: 2_390, metadata: refundMetadataOf(anOrder(), "full") });
    expect(withRefunds(order({ status: "canceling" }), [undo], now)).toBeUndefined();
    const canceled = order({ status: "canceled" });
    const noted = asked({ status: "succeeded", origin: "cancellation", stripeRefundId: undo.id });
    expect(withRefunds({ ...canceled, refunds: [noted] }, [undo], now)).toBeUndefined();
    expect(withRefunds(canceled, [undo], now)?.order.refunds).toMatchObject([{ origin: "cancellation" }]);
  });

  test("that undid an order of which a restore lost that it was decided takes it back again", () => {
    const undo = aStripeRefund({ amount: 1_890, metadata: refundMetadataOf(anOrder(), "full") });
    const first = withRefunds(order(), [undo, aStripeRefund({ id: "re_2" })], now);
    expect(first?.order).toMatchObject({ status: "confirmed", refunds: [{ amount: 500, origin: "stripe" }] });
    const then = first && withRefunds(first.order, [undo, aStripeRefund({ id: "re_2" })], now);
    expect(then?.order).toMatchObject({ status: "canceling", epoch: order().epoch + 1, leaseUntil: now });
    expect(then?.writes).toMatchObject([{ change: { put: { type: "order.updated" } } }]);
    // It came home: nothing was given back, and somebody must hear of it.
    const home = withRefunds(order(), [{ ...undo, status: "failed" }], now);
    expect(home?.order).toMatchObject({ status: "confirmed", refunds: [{ status: "failed" }] });
  });

  test.each([
    ["authorized", 0, false],
    ["voided", 0, false],
    ["authorized", 2_390, true],
    ["captured", 0, true],
  ] as const)(
    "is one only of money that was taken: what was only held is let go, as Stripe shows it (%s, %i taken)",
    async (state, amountReceived, isOne) => {
      const before = order({ payment: { ...order().payment, state } });
      const refunds = [aStripeRefund({ amount: 2_390 })];
      const on = {
        orders: { get: async () => before },
        table: { commit: async () => undefined },
        stripe: {
          listRefunds: async () => ({ outcome: "answered", refunds, more: false }) as const,
          retrievePaymentIntent: async () =>
            ({ outcome: "answered", intent: { ...intent, amountReceived } }) as const,
        },
        now: () => now,
        count: () => undefined,
      };
      const { storeId, id: orderId } = before;
      expect(await recordRefunds(on)({ storeId, orderId, account: { livemode: false } })).toBe(isOne);
      expect(compareRefunds(before, { amountReceived }, refunds)).toMatchObject(
        isOne ? [{ kind: "orphan_refund" }] : [],
      );
    },
  );

  test("is counted in the order's own units", () => {
    const isk = order({ quote: { ...order().quote, currency: "isk" } });
    expect(
      withRefunds(isk, [aStripeRefund({ amount: 50_000, currency: "isk" })], now)?.order.refunds,
    ).toMatchObject([{ amount: 500 }]);
  });
});

describe("however often and in whatever order Stripe is looked at", () => {
  const steps = [
    ["pending"],
    ["succeeded"],
    ["pending", "succeeded"],
    ["succeeded", "failed"],
    ["failed"],
  ] as const;
  /** What Stripe shows of some refunds as time goes by. */
  const courses = fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 4 });

  test("the order ends with what Stripe shows in the end, each refund once", () => {
    fc.assert(
      fc.property(courses, fc.array(fc.nat(30), { maxLength: 30 }), (refunds, looks) => {
        const at = (look: number) =>
          refunds.map((course, index) =>
            aStripeRefund({
              id: `re_${index}`,
              created: now + index,
              status: course[Math.min(look, course.length - 1)] ?? "pending",
            }),
          );
        const last = at(99);
        // Old pictures may come late: whatever is read then is newer than what was written before.
        const shown = [...looks].sort((left, right) => left - right).map(at);
        const ended = [...shown, last, last].reduce(
          (before, picture) => withRefunds(before, picture, now)?.order ?? before,
          order(),
        );
        expect(ended.refunds.map(({ stripeRefundId, status }) => [stripeRefundId, status])).toEqual(
          last.map(({ id, status }) => [id, status]),
        );
      }),
      { numRuns: effort(20_000), seed: seed(11) },
    );
  });
});
