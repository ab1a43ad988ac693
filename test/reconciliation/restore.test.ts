import { expect, test } from "vitest";
import { isFrozen } from "#functions/order/dispute.ts";
import { refundedOf } from "#functions/order/refund.ts";
import { minutes } from "#functions/values/clock.ts";
import { type CheckoutId, orderIdOf } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { storeId } from "#test/examples.ts";
import { aHistory } from "./history.ts";
import { seededRandom } from "./random.ts";
import { aWorld, type World } from "./world.ts";

const first = seed(201);
const seeds = Array.from({ length: effort(1_000) }, (_, index) => first + index);

/** Runs and sweeps until nothing moves any more. */
const untilQuiet = async (world: World): Promise<void> => {
  for (let run = 0, healed = 1; healed > 0 || run < 4; run += 1) {
    expect(run).toBeLessThan(12);
    ({ healed } = await world.schedule("full"));
    await world.schedule();
    await world.sweep(3);
    world.on.clock.advance(minutes(12));
  }
};

const charged = (world: World) =>
  world.stripe.intents().filter(({ status }) => status === "succeeded" || status === "requires_capture");
const paidFor = ({ metadata }: { metadata: Record<string, string> }) => metadata["checkout"] as CheckoutId;

/** What was said, wherever it stands in an index by now. */
const eventsOf = (world: World) =>
  world.on.table.rows("outbox").map(({ due: _, dueAt: __, list: ___, listAt: ____, ...event }) => event);

test.each(seeds)(
  "a restore to any moment loses no paid order, charges nobody twice and keeps every event's id (seed %i)",
  async (at) => {
    const random = seededRandom(`restore ${at}`);
    const world = await aWorld();
    const history = aHistory(world, random);
    await history.live(4 + Math.floor(random() * 20));
    const restore = world.snapshot();
    const known = new Set([...history.waiting, ...history.bought]);
    const told = eventsOf(world);
    await history.live(4 + Math.floor(random() * 20));
    const [before, refunds] = [charged(world).map(({ id }) => id), world.stripe.refunds()];
    await restore();
    await untilQuiet(world);

    // No second charge, and nothing is given back that was not decided on before.
    expect(charged(world).every(({ id }) => before.includes(id))).toBe(true);
    const ids = refunds.map(({ id }) => id);
    for (const refund of world.stripe.refunds())
      if (!ids.includes(refund.id)) await expectAwaited(world, refund);
    const orders = [];
    for (const intent of charged(world)) {
      const checkoutId = paidFor(intent);
      const order = await world.shop.orders.get(storeId, orderIdOf(checkoutId));
      if (known.has(checkoutId)) await expectAgreed(world, intent.id, order);
      else expect(order).toBeUndefined();
      orders.push(order);
    }
    expect(await shelfOf(world)).toEqual(shelfFor(orders));
    const open = (await world.open()).map(({ divergence: { kind, ids } }) => [
      kind,
      ids.paymentIntentId ?? ids.orderId,
    ]);
    const lost = charged(world).filter((intent) => !known.has(paidFor(intent)) && misses(world, intent));
    // A bank took the money before the order was confirmed anew: only the store may cancel it.
    const stopped = orders.filter((order) => order?.status === "placed" && !isFrozen(order));
    expect(open.sort()).toEqual(
      [
        ...lost.map(({ id }) => ["charged_not_recorded", id]),
        ...stopped.map((order) => ["stuck_execution", order?.id]),
      ].sort(),
    );

    const events = eventsOf(world);
    for (const event of told) expect(events).toContainEqual(event);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  },
);

/** A buyer without an order whose money is neither back, nor on its way, nor given back by a bank for good. */
const misses = (world: World, intent: ReturnType<typeof charged>[number]): boolean => {
  const back = world.stripe
    .refunds()
    .filter(({ intentId, status }) => intentId === intent.id && status !== "failed");
  const taken = world.stripe
    .disputes()
    .some(({ intentId, status }) => intentId === intent.id && status === "lost");
  return !taken && back.reduce((sum, { amount }) => sum - amount, intent.charge?.amount ?? 0) > 0;
};

type Found = Awaited<ReturnType<World["shop"]["orders"]["get"]>>;

/** What must be left when each order has the pieces of its one product, or holds them until it is confirmed. */
const shelfFor = (orders: readonly Found[]) => {
  const pieces = (ofOnes: (order: NonNullable<Found>) => boolean): number =>
    orders
      .flatMap((order) => (order && order.status !== "canceled" && ofOnes(order) ? order.quote.lines : []))
      .reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    available: 1_000 - pieces(() => true),
    reserved: pieces(({ confirmedAt }) => confirmedAt === undefined),
  };
};

const shelfOf = async (world: World) => {
  const shelf = await world.on.table.get("commerce", { pk: `${storeId}#stock#mug-blue`, sk: "stock" });
  return { available: shelf?.["available"], reserved: shelf?.["reserved"] ?? 0 };
};

/** The undo of a cancellation, which a bank kept waiting until it decided. */
const expectAwaited = async (world: World, refund: ReturnType<World["stripe"]["refunds"]>[number]) => {
  const intent = charged(world).find(({ id }) => id === refund.intentId);
  const order = intent && (await world.shop.orders.get(storeId, orderIdOf(paidFor(intent))));
  expect(order, refund.id).toMatchObject({ status: "canceled" });
  expect(refund.metadata).toMatchObject({ refund: "full" });
  expect(world.stripe.disputes().map(({ intentId }) => intentId)).toContain(refund.intentId);
};

/** The order says of the money what Stripe says. */
const expectAgreed = async (world: World, intentId: string, order: Found): Promise<void> => {
  const ledger = world.stripe.ledger(intentId);
  expect(order, intentId).toMatchObject({ payment: { paymentIntentId: intentId, amount: ledger?.captured } });
  // A bank that has it by now is noticed when its refund is looked up again.
  expect(refundedOf(order?.refunds ?? [])).toBe(ledger?.refunded);
};
