import fc from "fast-check";
import { expect, test } from "vitest";
import { disputedOf } from "#functions/order/dispute.ts";
import { type Order, refundableOf } from "#functions/order/order.ts";
import { refundedOf, refundingOf } from "#functions/order/refund.ts";
import { fromStripeAmount } from "#functions/payment/currency.ts";
import { effort, seed } from "#test/effort.ts";
import { anyHistory, comeToRest, does, intentId, type Step } from "./money-history.ts";
import { aWorld, type World } from "./world.ts";

/** Stripe's own account of the money, kept by the movements and not by what objects say. */
const ledgerOf = ({ stripe }: World) => {
  const ledger = stripe.ledger(intentId({ stripe }));
  if (!ledger) throw new Error("no PaymentIntent");
  return ledger;
};

const expectWhole = (amounts: readonly number[]) => {
  for (const amount of amounts) expect(Number.isSafeInteger(amount), String(amount)).toBe(true);
};

/** True at every moment, however little has been heard of what banks do. */
const expectConserved = async (world: World): Promise<void> => {
  const { captured, refunded, disputed, kept } = ledgerOf(world);
  expect(kept).toBe(captured - refunded - disputed);
  expect(refunded).toBeGreaterThanOrEqual(0);
  expect(refunded, "never more than was captured").toBeLessThanOrEqual(captured);
  const order = await world.order();
  const left = refundableOf(order);
  expectWhole([captured, refunded, disputed, left, ...order.refunds.map(({ amount }) => amount)]);
  expect(left).toBeGreaterThanOrEqual(0);
  // What others gave back behind our back may cross it, and a bank may send home what an undo gives back again.
  const asked = order.refunds.filter(({ origin }) => origin === "store");
  expect(left + refundedOf(asked) + refundingOf(asked)).toBeLessThanOrEqual(order.payment.amount);
};

/** An undo notes what it gave back at its end, and cannot end while a bank has the rest. */
const undoneOf = ({ stripe }: World, { status }: Order): number =>
  stripe
    .refunds()
    .filter((refund) => status === "canceling" && refund.metadata["refund"] === "full")
    .reduce((sum, refund) => sum + (refund.status === "succeeded" ? refund.amount : 0), 0);

/** Once all is heard: our rows say what Stripe's ledger says. */
const expectAgreed = async (world: World): Promise<void> => {
  const { captured, refunded, disputed, kept } = ledgerOf(world);
  const order = await world.order();
  const ours = (inStripeUnits: number) => fromStripeAmount(inStripeUnits, order.quote.currency);
  expect(refundingOf(order.refunds)).toBe(0);
  expect(ours(captured)).toBe(order.payment.amount);
  expect(ours(disputed)).toBe(disputedOf(order.disputes));
  expect(ours(refunded)).toBe(refundedOf(order.refunds) + ours(undoneOf(world, order)));
  if (order.payment.state === "captured") expect(refundableOf(order)).toBe(Math.max(0, ours(kept)));
};

const live = async (world: World, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    await (does[step.does] as (on: World, by: Step) => unknown)(world, step);
    await expectConserved(world);
  }
};

test("captured is what was refunded, what banks took and what is left, in currencies of 0, 2 and 3 decimals", async () => {
  const conserved = fc.asyncProperty(anyHistory, async ({ steps, ...bought }) => {
    const world = await aWorld(bought);
    await live(world, steps);
    await comeToRest(world);
    await expectConserved(world);
    await expectAgreed(world);
  });
  await fc.assert(conserved, { numRuns: effort(4_000), seed: seed(20_261_126) });
});
