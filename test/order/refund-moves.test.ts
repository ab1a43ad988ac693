import { describe, expect, test } from "vitest";
import type { Line } from "#functions/checkout/contents.ts";
import {
  backBeforeOf,
  isInFlight,
  isRestocked,
  isShippingRefunded,
  movedRefund,
  nextNumber,
  Refund,
  RefundReason,
  RefundStatus,
  refundedLine,
  refundedOf,
  refundIdOf,
  refundingOf,
  refundKeyOf,
  refundMoves,
  restockedPieces,
  returnedPieces,
} from "#functions/order/refund.ts";
import { anOrder, aRefund, now } from "../examples.ts";

const { id } = anOrder();

test("a refund takes exactly these ways: even one that succeeded may come home", () => {
  expect(Object.entries(refundMoves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))).toEqual([
    "requested → pending",
    "requested → succeeded",
    "requested → failed",
    "pending → succeeded",
    "pending → failed",
    "succeeded → failed",
  ]);
  expect(Object.keys(refundMoves)).toEqual(RefundStatus.options);
});

test("it may fail yet, as long as Stripe or the bank has not said", () => {
  expect(RefundStatus.options.filter((status) => isInFlight(aRefund({ status })))).toEqual([
    "requested",
    "pending",
  ]);
});

test("a move changes what it is told to and says when; one that is not in the table is refused", () => {
  const before = aRefund({ status: "requested" });
  const facts = { stripeRefundId: "re_2", failureCode: "lost_or_stolen_card" };
  expect(movedRefund(before, "failed", now + 1, facts)).toMatchObject({
    ...facts,
    status: "failed",
    updatedAt: now + 1,
    amount: before.amount,
  });
  expect(movedRefund(before, "pending", now).stripeRefundId).toBe(before.stripeRefundId);
  expect(() => movedRefund(aRefund({ status: "failed" }), "succeeded", now)).toThrow(
    "a refund does not move from failed to succeeded",
  );
});

test("a refund that Stripe refuses puts nothing back into stock; one that comes home later leaves it there", () => {
  const restocking = (status: RefundStatus) => aRefund({ status, restock: true });
  expect(movedRefund(restocking("requested"), "failed", now).restock).toBe(false);
  expect(movedRefund(restocking("requested"), "succeeded", now).restock).toBe(true);
  expect(movedRefund(restocking("pending"), "failed", now).restock).toBe(true);
  expect(movedRefund(restocking("succeeded"), "failed", now).restock).toBe(true);
  expect(movedRefund(aRefund({ status: "requested" }), "pending", now).restock).toBe(false);
});

test("numbers go on from the highest, so none is given twice", () => {
  expect(nextNumber([])).toBe(1);
  expect(nextNumber([aRefund({ number: 4 }), aRefund({ number: 2 })])).toBe(5);
});

test("a refund is read as it was written", () => {
  const whole = aRefund({
    lines: [{ productId: "mug-blue", quantity: 2, amount: 390 }],
    failureCode: "expired_or_canceled_card",
    request: { scope: "s", key: "k", canonical: "c", raw: "r" },
  });
  expect(Refund.parse(whole)).toEqual(whole);
  for (const origin of ["store", "cancellation", "stripe"] as const)
    expect(Refund.parse(aRefund({ origin })).origin).toBe(origin);
  expect(Refund.safeParse(aRefund({ amount: 0 })).success).toBe(false);
  expect(Refund.safeParse(aRefund({ number: 0 })).success).toBe(false);
});

test("reasons are a closed list, which integrations read", () => {
  expect(RefundReason.options).toEqual([
    "requested_by_customer",
    "returned",
    "damaged",
    "not_delivered",
    "duplicate",
    "fraudulent",
    "goodwill",
    "other",
  ]);
});

test("its name and its key at Stripe are derived from order and number, so a repeat is the same refund", () => {
  expect(refundIdOf(id, aRefund({ number: 3 }))).toBe(`rfd_${id.slice(4)}_3`);
  expect(refundKeyOf(id, aRefund({ number: 3 }))).toBe(`${id}:refund:3`);
});

describe("money on its way back", () => {
  const refunds = RefundStatus.options.map((status, index) =>
    aRefund({ number: index + 1, status, amount: 10 ** index }),
  );

  test("is reserved while its outcome is unknown", () => {
    expect(refundingOf(refunds)).toBe(1);
  });

  test("counts as given back once Stripe has it, and not any more when it failed", () => {
    expect(refundedOf(refunds)).toBe(10 + 100);
  });
});

describe("what a refund was for", () => {
  const line = (productId: string, quantity: number, amount: number) => ({ productId, quantity, amount });
  const of = (status: RefundStatus, given: Partial<Refund> = {}) =>
    aRefund({ status, lines: [line("mug", 1, 100), line("tea", 10, 1_000)], ...given });

  test("counts pieces and money of a line but where it failed: what is only asked for is taken, too", () => {
    const refunds = RefundStatus.options.map((status) => of(status));
    expect(refundedLine(refunds, "mug")).toEqual({ quantity: 3, amount: 300 });
    expect(refundedLine(refunds, "tea")).toEqual({ quantity: 30, amount: 3_000 });
    expect(refundedLine(refunds, "cup")).toEqual({ quantity: 0, amount: 0 });
  });

  test("holds the shipping price once, unless it failed", () => {
    expect(isShippingRefunded([of("succeeded"), of("failed", { shipping: true })])).toBe(false);
    for (const status of ["requested", "pending", "succeeded"] as const)
      expect(isShippingRefunded([of("failed"), of(status, { shipping: true })])).toBe(true);
  });

  test("is back in stock once Stripe has it, where that was wanted", () => {
    const refunds = RefundStatus.options.map((status) => of(status, { restock: true }));
    expect(refunds.map(isRestocked)).toEqual([false, true, true, true]);
    expect(isRestocked(of("succeeded"))).toBe(false);
    expect(restockedPieces([...refunds, of("succeeded")], "mug")).toBe(3);
  });

  test("goes back into stock once: a refund that failed later left it there", () => {
    const failed = of("failed", { restock: true });
    const [mug, tea] = [line("mug", 1, 0), line("tea", 4, 0)].map(({ amount: _, ...pieces }) => pieces);
    const again = of("succeeded", { restock: true, backBefore: [tea, mug] as Line[] });
    const wanted = [
      { productId: "mug", quantity: 2 },
      { productId: "tea", quantity: 3 },
    ];
    expect(backBeforeOf([], wanted)).toEqual([]);
    expect(backBeforeOf([of("failed"), of("succeeded", { restock: true })], wanted)).toEqual([]);
    expect(backBeforeOf([failed], wanted)).toEqual([
      { productId: "mug", quantity: 1 },
      { productId: "tea", quantity: 3 },
    ]);
    expect(backBeforeOf([failed, again], [{ productId: "tea", quantity: 10 }])).toEqual([
      { productId: "tea", quantity: 6 },
    ]);
    expect(backBeforeOf([failed, again], [{ productId: "mug", quantity: 1 }])).toEqual([]);
    expect(restockedPieces([failed, again], "mug")).toBe(1);
    expect(restockedPieces([failed, again], "tea")).toBe(16);
  });

  test("will not be the buyer's where it is back in stock, or was sent back and refunded", () => {
    const returned = { reason: "returned" as const };
    expect(returnedPieces([of("succeeded"), of("failed", returned), of("requested", returned)], "mug")).toBe(
      0,
    );
    expect(returnedPieces([of("succeeded", returned), of("pending", returned)], "mug")).toBe(2);
    expect(returnedPieces([of("failed", { restock: true })], "mug")).toBe(1);
  });
});
