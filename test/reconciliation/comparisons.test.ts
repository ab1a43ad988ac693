import { describe, expect, test } from "vitest";
import { times } from "#functions/order/order.ts";
import { refundMetadataOf } from "#functions/payment/payment.ts";
import type { StripeRefund } from "#functions/payment/stripe.ts";
import { lookAtOrder } from "#functions/reconciliation/look-at-order.ts";
import { compareRefunds } from "#functions/reconciliation/refund-comparison.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { days, minutes, seconds } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { endpointStore } from "#functions/webhook/endpoint.store.ts";
import { aCaller, anOrder, aRefund, aRequest, aStripeRefund, storeId } from "#test/examples.ts";
import { bend, intentOf, orderOf } from "./tamper.ts";
import { aWorld, type World } from "./world.ts";

describe("a refund at Stripe that the order has not written down", () => {
  const ours = (refund: number | "full") => refundMetadataOf(anOrder(), refund);
  const orphans = (order: Parameters<typeof anOrder>[0], refund: Partial<StripeRefund>) =>
    compareRefunds(anOrder(order), { amountReceived: 2_390 }, [aStripeRefund(refund)]).map(
      ({ kind }) => kind,
    );

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

describe("what becomes of a dispute is found, though its event was lost:", () => {
  const answered = (world: World, id: string) => {
    const dispute = world.stripe.state.get("dispute", id);
    if (dispute?.status === "needs_response")
      world.stripe.state.put("dispute", { ...dispute, status: "under_review" });
    if (dispute?.status === "warning_needs_response")
      world.stripe.state.put("dispute", { ...dispute, status: "warning_under_review" });
  };
  type Bank = World["stripe"]["bank"];
  type Change = (bank: Bank, id: string, world: World) => void;
  const close = (status: Parameters<Bank["closeDispute"]>[1]) => (bank: Bank, id: string) =>
    bank.closeDispute(id, status);
  const reopen = (bank: Bank, id: string) => bank.reopenDispute(id);
  const ways: [string, { inquiry?: true; known?: Change[]; unheard: Change; status: string }][] = [
    ["won", { unheard: close("won"), status: "won" }],
    ["lost", { unheard: close("lost"), status: "lost" }],
    ["prevented", { unheard: close("prevented"), status: "lost" }],
    ["answered", { unheard: (_, id, world) => answered(world, id), status: "open" }],
    ["opened after it was won", { known: [close("won")], unheard: reopen, status: "open" }],
    ["appealed", { known: [close("lost")], unheard: reopen, status: "open" }],
    ["an inquiry that is let be", { inquiry: true, unheard: close("warning_closed"), status: "won" }],
    [
      "an inquiry that becomes a chargeback",
      { inquiry: true, unheard: (bank, id) => bank.escalateDispute(id), status: "open" },
    ],
    [
      "an inquiry that time closes",
      {
        inquiry: true,
        known: [(_, id, world) => answered(world, id)],
        unheard: (_, __, { on }) => on.clock.advance(days(121)),
        status: "won",
      },
    ],
  ];

  test.each(ways)("%s", async (_, { inquiry, known = [], unheard, status }) => {
    const world = await aWorld();
    const { bank } = world.stripe;
    const bought = await world.buy();
    const disputeId = bank.openDispute(world.stripe.intents()[0]?.id ?? "", { inquiry });
    await world.schedule();
    for (const change of known) {
      change(bank, disputeId, world);
      await world.hand({ scope: "full" });
    }
    await world.sweep(1);
    expect(await world.hand({ scope: "full" })).toMatchObject({ healed: [], open: [] });
    unheard(bank, disputeId, world);
    const { healed, open } = await world.hand({ scope: "full" });
    expect({ healed, open }).toMatchObject({
      healed: [{ kind: "orphan_refund", orderId: bought.orderId, disputeId }],
      open: [],
    });
    expect((await orderOf(world, bought)).disputes).toMatchObject([{ status }]);
    await world.sweep(1);
    expect(await world.hand({ scope: "full" })).toMatchObject({ healed: [], open: [] });
  });
});

test("an order is paid twice where somebody at Stripe confirmed an attempt that was declined, however long ago", async () => {
  const world = await aWorld();
  const checkoutId = await world.create();
  await world.complete(checkoutId, "pm_card_chargeDeclined");
  const [declined] = world.stripe.intents();
  await world.shop.complete({
    caller: aCaller(),
    idempotency: aRequest("another card"),
    checkoutId,
    deadline: world.on.now() + seconds(29),
    payment: { kind: "pm", token: "pm_card_visa" },
  });
  const bought = { storeId, checkoutId, orderId: orderIdOf(checkoutId) };
  const { payment } = await orderOf(world, bought);
  expect(payment).toMatchObject({ state: "authorized", attempt: 2 });
  const paid = world.stripe.state.get("intent", payment.paymentIntentId ?? "");
  if (declined && paid)
    world.stripe.state.put("intent", { ...paid, id: declined.id, metadata: declined.metadata });
  const { table } = world.on;
  const reads = {
    ...world.process,
    deployment: world.on.environment.get("DEPLOYMENT"),
    stores: storeStore(table),
    orders: world.shop.orders,
    payments: world.payments,
    endpoints: endpointStore(table),
  };
  expect(await lookAtOrder(reads)({ of: "order", ...bought })).toContainEqual({
    kind: "double",
    ids: { ...bought, paymentIntentId: declined?.id },
  });
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
