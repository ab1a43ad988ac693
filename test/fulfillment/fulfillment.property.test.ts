import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Fulfillment,
  linesOf,
  moves,
  PieceStatus,
  piecesOf,
  sentOf,
  statusOf,
} from "#functions/fulfillment/fulfillment.ts";
import { withEvent, withFulfillment } from "#functions/fulfillment/order-fulfillments.ts";
import { Order } from "#functions/order/order.ts";
import { fulfilledOf, isOut, owedOf, progressOf } from "#functions/order/progress.ts";
import { refundedLine } from "#functions/order/refund.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { effort, seed } from "#test/effort.ts";
import { aDispute, anOrder, aRefund, now } from "#test/examples.ts";

test("a piece goes exactly these ways", () => {
  expect(Object.entries(moves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))).toEqual([
    "processing → shipped",
    "processing → delivered",
    "processing → failed",
    "shipped → delivered",
    "shipped → failed",
    "shipped → returned",
    "delivered → returned",
    "failed → returned",
  ]);
  expect(Object.keys(moves)).toEqual(PieceStatus.options);
});

const products = ["mug", "tea"] as const;
const ordered = { mug: 3, tea: 5 } as const;
const amounts = { base: 0, discount: 0, subtotal: 0, tax: 0, total: 0 };

const confirmed = () => {
  const order = anOrder({ status: "confirmed", confirmedAt: now });
  const lines = products.map((productId) => ({
    productId,
    quantity: ordered[productId],
    title: productId,
    unitAmount: 0,
    digital: false,
    totals: amounts,
  }));
  return { ...order, quote: { ...order.quote, lines } };
};

const lines = fc.option(
  fc.uniqueArray(
    fc.record({ productId: fc.constantFrom(...products), quantity: fc.integer({ min: 1, max: 6 }) }),
    {
      selector: ({ productId }) => productId,
      minLength: 1,
    },
  ),
  { nil: undefined },
);
const step = fc.oneof(
  fc.record({
    does: fc.constant("send" as const),
    status: fc.constantFrom("processing" as const, "shipped" as const),
    lines,
  }),
  fc.record({
    does: fc.constant("tell" as const),
    number: fc.integer({ min: 1, max: 4 }),
    type: fc.constantFrom("shipped" as const, "delivered" as const, "failed" as const, "returned" as const),
    lines,
  }),
  fc.record({
    does: fc.constant("refund" as const),
    productId: fc.constantFrom(...products),
    restock: fc.boolean(),
  }),
  fc.record({ does: fc.constant("dispute" as const), open: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

const refunded = (order: Order, { productId, restock }: Step & { does: "refund" }): Order => {
  if (refundedLine(order.refunds, productId).quantity >= ordered[productId]) return order;
  const number = order.refunds.length + 1;
  const lines = [{ productId, quantity: 1, amount: 1 }];
  return { ...order, refunds: [...order.refunds, aRefund({ number, restock, lines })] };
};

const does: { [Name in Step["does"]]: (order: Order, step: Step & { does: Name }) => Order } = {
  send: (order, each) => withFulfillment(order, each, now),
  tell: (order, each) => withEvent(order, each.number, each, now),
  refund: refunded,
  dispute: (order, { open }) => ({ ...order, disputes: open ? [aDispute()] : [] }),
};

/** What is refused changes nothing. */
const done = (order: Order, each: Step): Order => {
  try {
    return does[each.does](order, each as never);
  } catch (error) {
    if (error instanceof Refusal) return order;
    throw error;
  }
};

const expectBounded = (before: Order, after: Order, productId: (typeof products)[number]) => {
  const [was, is] = [sentOf(before.fulfillments, productId), sentOf(after.fulfillments, productId)];
  const line = { productId, quantity: ordered[productId] };
  expect(is.taken, "never more than was ordered").toBeLessThanOrEqual(line.quantity);
  const more = Math.max(0, is.taken - was.taken);
  expect(more, "nor what the money went back for").toBeLessThanOrEqual(owedOf(before, line));
  const left = is.dispatched > was.dispatched ? before.disputes : [];
  expect(left, "nothing leaves while a bank asks").toEqual([]);
  expect(fulfilledOf(after, line)).toBeLessThanOrEqual(line.quantity);
};

const expectWhole = (fulfillment: Fulfillment, known: Fulfillment | undefined) => {
  expect(Fulfillment.parse(fulfillment)).toEqual(fulfillment);
  for (const { productId, quantity } of linesOf(fulfillment)) {
    const counts = Object.values(piecesOf(fulfillment, productId));
    expect(counts.every((count) => count >= 0)).toBe(true);
    expect(
      counts.reduce((sum, count) => sum + count, 0),
      "no piece is lost",
    ).toBe(quantity);
  }
  const told = known?.events ?? [];
  expect(fulfillment.events.slice(0, told.length), "nothing told is taken back").toEqual(told);
};

const expectLawful = (before: Order, after: Order) => {
  expect(Order.parse(after)).toEqual(after);
  for (const productId of products) expectBounded(before, after, productId);
  for (const each of after.fulfillments)
    expectWhole(
      each,
      before.fulfillments.find(({ number }) => number === each.number),
    );
  expect(isOut(after)).toBe(products.some((id) => sentOf(after.fulfillments, id).dispatched > 0));
};

test("whatever is sent, told and refunded: each piece goes to the buyer once at most, and is never lost sight of", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      steps.reduce((order, each) => {
        const after = done(order, each);
        expectLawful(order, after);
        return after;
      }, confirmed() as Order);
    }),
    { numRuns: effort(20_000), seed: seed(41) },
  );
});

test("an order is as far as the last of what its buyer still is to have", () => {
  const told: string[] = [progressOf(confirmed())];
  const then = (order: Order): Order => {
    told.push(progressOf(order));
    return order;
  };
  const packed = then(
    withFulfillment(confirmed(), { status: "processing", lines: [{ productId: "mug", quantity: 3 }] }, now),
  );
  const mugs = then(withEvent(packed, 1, { type: "delivered" }, now));
  const all = then(withFulfillment(mugs, { status: "shipped" }, now));
  const there = then(
    withEvent(all, 2, { type: "delivered", lines: [{ productId: "tea", quantity: 4 }] }, now),
  );
  then(withEvent(there, 2, { type: "delivered" }, now));
  expect(told).toEqual(["unfulfilled", "partial", "partial", "fulfilled", "fulfilled", "delivered"]);
  expect(there.fulfillments.map(statusOf)).toEqual(["delivered", "shipped"]);
  const lost = then(withEvent(there, 2, { type: "failed" }, now));
  expect([told.at(-1), owedOf(lost, { productId: "tea", quantity: 5 })]).toEqual(["partial", 1]);
});
