import { describe, expect, test } from "vitest";
import { times } from "#functions/order/order.ts";
import { refundMetadataOf } from "#functions/payment/payment.ts";
import type { StripeRefund } from "#functions/payment/stripe.ts";
import { compareRefunds } from "#functions/reconciliation/refund-comparison.ts";
import { minutes } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { anOrder, aRefund, now, storeId } from "#test/examples.ts";
import { bend, intentOf, orderOf } from "./tamper.ts";
import { aWorld } from "./world.ts";

describe("a refund at Stripe that the order has not written down", () => {
  const ours = (refund: number | "full") => refundMetadataOf(anOrder(), refund);
  const seen = (given: Partial<StripeRefund>): StripeRefund => ({
    id: "re_1",
    status: "succeeded",
    amount: 500,
    currency: "eur",
    paymentIntentId: "pi_1",
    metadata: {},
    created: now,
    ...given,
  });
  const orphans = (order: Parameters<typeof anOrder>[0], refund: Partial<StripeRefund>) =>
    compareRefunds(anOrder(order), { amountReceived: 2_390 }, [seen(refund)]).map(({ kind }) => kind);

  const asked = { refunds: [aRefund({ status: "requested", amount: 500, stripeRefundId: undefined })] };

  test("is the answer to the one that was asked for if it carries our ids, its number and its amount", () => {
    expect(orphans(asked, { metadata: ours(1) })).toEqual([]);
    for (const other of [
      { metadata: ours(2) },
      { metadata: ours(1), amount: 700 },
      { metadata: { refund: "1" } },
      { metadata: { ...ours(1), checkout: "another" } },
    ])
      expect(orphans(asked, other), JSON.stringify(other)).toEqual(["orphan_refund"]);
  });

  test("is the undo of an order that goes back if it carries our ids", () => {
    for (const status of ["canceling", "canceled"] as const) {
      expect(orphans({ status }, { metadata: ours("full") })).toEqual([]);
      expect(orphans({ status }, { metadata: { refund: "full" } })).toEqual(["orphan_refund"]);
    }
    expect(orphans({ status: "confirmed" }, { metadata: ours("full") })).toEqual(["orphan_refund"]);
  });
});

test("an order that was canceled because only a part was captured agrees with its books", async () => {
  const world = await aWorld();
  const checkoutId = await world.create();
  await world.complete(checkoutId);
  const bought = { storeId, checkoutId, orderId: orderIdOf(checkoutId) };
  const placed = await orderOf(world, bought);
  const { charge } = intentOf(world, placed);
  bend(world, placed, { status: "succeeded", charge: { ...charge, amountCaptured: 100 } });
  await world.sweep(5);
  expect(await orderOf(world, bought)).toMatchObject({ status: "canceled", refunds: [{ amount: 100 }] });
  expect(await world.hand({ scope: "full" })).toMatchObject({ healed: [], found: [], open: [] });
});

test("an order that waits for its bank is told once nobody looks at it any more", async () => {
  const world = await aWorld();
  const bought = await world.buy();
  world.stripe.bank.openDispute(world.stripe.intents()[0]?.id ?? "");
  await world.schedule();
  const due = (await orderOf(world, bought)).disputes[0]?.evidenceDueBy ?? 0;
  world.on.clock.set(due - times.evidenceWarning + minutes(16));
  expect((await world.hand()).healed).toContainEqual(
    expect.objectContaining({ kind: "stuck_execution", orderId: bought.orderId, due: "order" }),
  );
  world.on.clock.advance(minutes(20));
  expect(await world.hand()).toMatchObject({ healed: [], found: [], open: [] });
});
