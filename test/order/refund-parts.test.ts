import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Order, refundableOf } from "#functions/order/order.ts";
import { movedRefund, nextNumber, type Refund, RefundStatus, refundMoves } from "#functions/order/refund.ts";
import { type Parts, partsOf, type Wanted } from "#functions/order/refund-parts.ts";
import { refundStepOf } from "#functions/payment/currency.ts";
import type { PricedLine } from "#functions/pricing/pricing.ts";
import { effort } from "#test/effort.ts";
import { anOrder, now } from "#test/examples.ts";

const aLine = (productId: string, quantity: number, total: number): PricedLine => ({
  productId,
  title: productId,
  quantity,
  unitAmount: Math.ceil(total / quantity),
  digital: false,
  totals: { base: total, discount: 0, subtotal: total, tax: 0, total },
});

/** A confirmed and captured order of these lines and this shipping price, nothing refunded yet. */
const bought = (lines: PricedLine[], shipping = 0, currency = "eur"): Order => {
  const total = lines.reduce((sum, line) => sum + line.totals.total, shipping);
  const { quote } = anOrder();
  const option = { id: "post", type: "shipping" as const, title: "Post", amount: shipping, tax: 0 };
  return anOrder({
    status: "confirmed",
    payment: { state: "captured", amount: total, attempt: 1, paymentIntentId: "pi_1" },
    quote: {
      ...quote,
      currency,
      lines,
      options: [{ ...option, total: shipping }],
      selectedOptionId: "post",
      totals: { ...quote.totals, total },
    },
  });
};

const step = (order: Order) => refundStepOf(order.quote.currency);
const parts = (order: Order, wanted: Wanted) => partsOf(order, wanted, step(order));

const refunded = (order: Order, { amount, lines, shipping }: Parts): Order => {
  const refund: Refund = {
    number: nextNumber(order.refunds),
    status: "succeeded",
    amount,
    lines,
    shipping,
    restock: false,
    reason: "returned",
    origin: "store",
    requestedAt: now,
    updatedAt: now,
  };
  return { ...order, refunds: [...order.refunds, refund] };
};

const failed = (order: Order, number: number): Order => ({
  ...order,
  refunds: order.refunds.map((refund) =>
    refund.number === number ? movedRefund(refund, "failed", now) : refund,
  ),
});

const amountFor = (order: Order, productId: string): number =>
  order.refunds
    .filter(({ status }) => status !== "failed")
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => sum + (line.productId === productId ? line.amount : 0), 0);

const aBoughtLine = fc.record({ quantity: fc.integer({ min: 1, max: 40 }), total: fc.nat(99_999_999) });
const aHistory = fc.array(fc.record({ pieces: fc.nat(40), fails: fc.boolean() }), { maxLength: 30 });
const runs = { numRuns: effort(20_000), seed: 3 };

/** Refunds the next pieces of a line, as far as they cost something, and lets some of the refunds fail later. */
const portion = (order: Order, { pieces, fails }: { pieces: number; fails: boolean }): Order => {
  const left = leftOf(order);
  if (left === 0) return order;
  const lines = [{ productId: "mug", quantity: 1 + (pieces % left) }];
  const { refunds } = order;
  try {
    const after = refunded(order, parts(order, { lines }));
    return fails ? failed(after, after.refunds.length) : after;
  } catch {
    return { ...order, refunds };
  }
};

const leftOf = (order: Order): number =>
  (order.quote.lines[0]?.quantity ?? 0) -
  order.refunds
    .filter(({ status }) => status !== "failed")
    .flatMap(({ lines }) => lines)
    .reduce((sum, { quantity }) => sum + quantity, 0);

describe("the parts of a line", () => {
  test("share what is left where plain amounts went back before, shipping too", () => {
    const order = bought([aLine("mug", 2, 1_500), aLine("pot", 1, 900)], 600);
    const { amount, lines, shipping } = parts(refunded(order, parts(order, { amount: 1_500 })), {});
    expect({ amount, shipping }).toEqual({ amount: 1_500, shipping: true });
    expect(lines.map((line) => [line.productId, line.quantity, line.amount])).toEqual([
      ["mug", 2, 750],
      ["pot", 1, 450],
    ]);
  });

  test("sum to exactly what was paid for it, in whatever portions and whichever of them failed", () => {
    fc.assert(
      fc.property(aBoughtLine, aHistory, ({ quantity, total }, history) => {
        const order = history.reduce(portion, bought([aLine("mug", quantity, total)]));
        expect(amountFor(order, "mug")).toBeLessThanOrEqual(total);
        const left = leftOf(order);
        const rest = total - amountFor(order, "mug");
        if (left === 0) expect(rest).toBe(0);
        else if (rest > 0)
          expect(parts(order, { lines: [{ productId: "mug", quantity: left }] }).amount).toBe(rest);
      }),
      runs,
    );
  });

  test("are what the pieces before them leave, so that each is off its share by less than one unit", () => {
    fc.assert(
      fc.property(aBoughtLine, fc.nat(39), ({ quantity, total }, at) => {
        const before = at % quantity;
        const first =
          before > 0
            ? portion(bought([aLine("mug", quantity, total)]), { pieces: before - 1, fails: false })
            : bought([aLine("mug", quantity, total)]);
        fc.pre(quantity - leftOf(first) === before);
        const expected =
          Math.floor((total * (before + 1)) / quantity) - Math.floor((total * before) / quantity);
        fc.pre(expected > 0);
        expect(parts(first, { lines: [{ productId: "mug", quantity: 1 }] }).amount).toBe(expected);
      }),
      runs,
    );
  });

  test("are multiples of what cards can carry, but for the last one", () => {
    const order = bought([aLine("mug", 3, 1_000)], 0, "kwd");
    const one = { lines: [{ productId: "mug", quantity: 1 }] };
    const first = refunded(order, parts(order, one));
    const second = refunded(first, parts(first, one));
    expect([first, second].map((each) => each.refunds.at(-1)?.amount)).toEqual([330, 330]);
    expect(parts(second, one).amount).toBe(340);
  });
});

describe("what is left", () => {
  const order = bought([aLine("mug", 2, 3_800), aLine("tea", 1, 900)], 490);

  test("is all of it, pieces and shipping, where nothing is named", () => {
    expect(parts(order, {})).toEqual({
      amount: 5_190,
      lines: [
        { productId: "mug", quantity: 2, amount: 3_800 },
        { productId: "tea", quantity: 1, amount: 900 },
      ],
      shipping: true,
    });
    const after = refunded(
      order,
      parts(order, { lines: [{ productId: "mug", quantity: 1 }], shipping: true }),
    );
    expect(parts(after, {})).toMatchObject({ amount: 2_800, shipping: false });
  });

  test("is never exceeded, whatever is refunded in whatever order", () => {
    const wanted: fc.Arbitrary<Wanted> = fc.oneof(
      fc.record({ amount: fc.integer({ min: 1, max: 6_000 }) }),
      fc.record({ shipping: fc.constant(true as const) }),
      fc.constant({}),
      fc.record({
        lines: fc
          .subarray(["mug", "tea"], { minLength: 1 })
          .map((ids) => ids.map((productId) => ({ productId, quantity: 1 }))),
      }),
    );
    const act = (before: Order, each: Wanted): Order => {
      try {
        return refunded(before, parts(before, each));
      } catch (error) {
        expect(error).toMatchObject({ code: "refund_exceeds_payment" });
        return before;
      }
    };
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 12 }), (all) => {
        const after = all.reduce(act, order);
        const sum = after.refunds.reduce((total, { amount }) => total + amount, 0);
        expect(sum + refundableOf(after)).toBe(5_190);
      }),
      runs,
    );
  });

  test.each([
    [{ amount: 5_191 }, "51.91 EUR were asked for, 51.90 EUR of this order are left to refund."],
    [{ lines: [{ productId: "mug", quantity: 3 }] }, "3 pieces were asked for, 2 of 2 are left to refund."],
  ])("is told when more is asked for: %j", (wanted, text) => {
    expect(() => parts(order, wanted)).toThrow(text);
  });

  test("counts a refund whose outcome is unknown, and what a bank disputes", () => {
    const reserved = refunded(order, { amount: 1_000, lines: [], shipping: false });
    const [refund] = reserved.refunds;
    if (!refund) throw new Error("no refund");
    expect(refundableOf({ ...reserved, refunds: [{ ...refund, status: "requested" }] })).toBe(4_190);
    const dispute = {
      id: "du_1",
      status: "lost" as const,
      kind: "chargeback" as const,
      amount: 5_000,
      reason: "fraudulent",
      openedAt: now,
    };
    expect(refundableOf({ ...order, disputes: [dispute] })).toBe(190);
  });
});

describe("a refund is refused", () => {
  const order = bought([aLine("mug", 2, 3_800), aLine("gift", 1, 0)], 490);
  const after = refunded(order, parts(order, { shipping: true }));
  const all = refunded(order, parts(order, {}));

  test.each([
    ["of a product that was not bought", order, { lines: [{ productId: "tea", quantity: 1 }] }, "invalid"],
    ["of what cost nothing", order, { lines: [{ productId: "gift", quantity: 1 }] }, "invalid"],
    ["of shipping a second time", after, { shipping: true }, "refund_exceeds_payment"],
    ["once all went back", all, {}, "refund_exceeds_payment"],
  ] as const)("%s", (_, before, wanted, code) => {
    expect(() => parts(before, wanted)).toThrow(expect.objectContaining({ code }));
  });

  test("in an amount that cards cannot carry", () => {
    const kuwaiti = bought([aLine("mug", 3, 1_000)], 0, "kwd");
    expect(() => parts(kuwaiti, { amount: 335 })).toThrow("0.335 KWD is no multiple of 0.010 KWD");
    expect(parts(kuwaiti, { amount: 330 }).amount).toBe(330);
  });
});

describe("the table of moves of a refund", () => {
  const pairs = RefundStatus.options.flatMap((from) => RefundStatus.options.map((to) => [from, to] as const));

  test.each(pairs)("%s → %s is made only if it is in the table", (from, to) => {
    const [refund] = refunded(bought([]), { amount: 1, lines: [], shipping: false }).refunds;
    if (!refund) throw new Error("no refund");
    const move = () => movedRefund({ ...refund, status: from }, to, now);
    if ((refundMoves[from] as readonly RefundStatus[]).includes(to)) expect(move().status).toBe(to);
    else expect(move).toThrow(`from ${from} to ${to}`);
  });
});
