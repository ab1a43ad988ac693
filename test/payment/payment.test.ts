import { expect, test } from "vitest";
import { movedPayment, paymentStore, startPayment } from "#functions/payment/payment.store.ts";
import { moves, type Payment, Status } from "#functions/payment/payment.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { aWorld, paymentOf } from "./world.ts";

test("moves only as its table says", async () => {
  const payment = await paymentOf(await aWorld());
  for (const from of Status.options)
    for (const to of Status.options) {
      const move = () => movedPayment({ ...payment, status: from }, to, { epoch: 1, now: 0 });
      if ((moves[from] as readonly Status[]).includes(to)) expect(move).not.toThrow();
      else expect(move).toThrow(`from ${from} to ${to}`);
    }
});

test("derives the key from checkout and attempt", async () => {
  const { checkoutId, stripeKey } = await paymentOf(await aWorld());
  expect(stripeKey).toBe(`${checkoutId}:authorize:1`);
});

test("an attempt begins once", async () => {
  const world = await aWorld();
  await expect(world.table.commit([startPayment(world.start)])).rejects.toThrow("condition failed");
});

test("a move is refused to an older run, of the checkout and of the order", async () => {
  const world = await aWorld();
  const orderId = orderIdOf(world.step.checkoutId);
  const move = async (to: Status, epoch: number, order: boolean, before?: Payment) =>
    world.table.commit([
      movedPayment(before ?? (await paymentOf(world)), to, {
        epoch,
        now: world.now(),
        ...(order && { orderId }),
      }),
    ]);
  const requested = await paymentOf(world);
  await expect(move("authorized", 0, false)).rejects.toThrow();
  await move("authorized", 3, false);
  await expect(move("declined", 3, false, requested)).rejects.toThrow();
  await move("captured", 2, true);
  await expect(move("refunded", 1, true)).rejects.toThrow();
  await move("refunded", 2, true);
});

test("lists attempts oldest first", async () => {
  const world = await aWorld();
  for (const attempt of [11, 2]) await world.table.commit([startPayment({ ...world.start, attempt })]);
  const { storeId, checkoutId } = world.step;
  const payments = await paymentStore(world.table).list(storeId, checkoutId);
  expect(payments.map(({ attempt }) => attempt)).toEqual([1, 2, 11]);
});
