import { describe, expect, test } from "vitest";
import { createdCheckout } from "#functions/checkout/checkout.store.ts";
import type { Status as CheckoutStatus } from "#functions/checkout/checkout.ts";
import { placedOrder, savedOrder } from "#functions/order/order.store.ts";
import { moved, moves, Status } from "#functions/order/order.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { aCheckout, anOrder, aStore, now, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { stepsOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

const epoch = 5;

const aWorld = async (checkout: CheckoutStatus, order: Status) => {
  const on = memoryPlatform();
  await stockShop(on, [], aStore());
  await on.table.commit([
    createdCheckout(aCheckout({ status: checkout, epoch, attempt: 1, quote: free })),
    placedOrder(anOrder({ status: order, epoch, quote: free }), now),
  ]);
  const steps = stepsOn({ ...on, stripe: fakeStripe(on.now), envelope: fakeEnvelope(on.table) });
  return { on, steps };
};

const totals = { itemsBase: 0, itemsDiscount: 0, subtotal: 0, fulfillment: 0, tax: 0, total: 0 };
const free = { ...aCheckout().quote, totals };
const ids = { storeId, checkoutId: aCheckout().id, orderId: anOrder().id, attempt: 1 };

/** Each step, and a state in which it would write if the run were its own. */
const writing = [
  ["order/place-order", "completing", "placed"],
  ["checkout/abort-checkout", "completing", "placed"],
  ["checkout/settle-checkout", "aborting", "placed"],
  ["order/confirm-order", "completed", "placed"],
  ["order/cancel-order", "completed", "placed"],
  ["order/settle-order", "completed", "canceling"],
] as const;

describe("a step of a run that another one has taken over from", () => {
  test.each(writing)("writes nothing: %s", async (step, checkout, order) => {
    const { on, steps } = await aWorld(checkout, order);
    const before = on.table.rows("commerce");
    expect(await steps[step]?.({ ...ids, epoch: epoch - 1 })).toMatchObject({ outcome: "held" });
    expect(on.table.rows("commerce")).toEqual(before);
    expect(on.table.rows("outbox")).toEqual([]);
  });
});

test("of two writes from the same reading of an order only one is kept", async () => {
  const { on } = await aWorld("completed", "placed");
  const before = anOrder({ epoch, quote: free });
  const confirmed = moved(before, "confirmed", now);
  expect(await tryCommit(on.table, [savedOrder(before, confirmed)])).toEqual([]);
  expect(await tryCommit(on.table, [savedOrder(before, moved(before, "canceling", now))])).toHaveLength(1);
});

describe("the table of moves of an order", () => {
  const allowed = (from: Status, to: Status) =>
    from === to || (moves[from] as readonly Status[]).includes(to);
  const pairs = Status.options.flatMap((from) => Status.options.map((to) => [from, to] as const));

  test.each(pairs)("%s → %s is made only if it is in the table", (from, to) => {
    const move = () => moved(anOrder({ status: from }), to, now);
    if (allowed(from, to)) expect(move().status).toBe(to);
    else expect(move).toThrow(`from ${from} to ${to}`);
  });
});
