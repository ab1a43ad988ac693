import { minutes } from "#functions/values/clock.ts";
import { type CheckoutId, orderIdOf } from "#functions/values/id.ts";
import { storeId } from "#test/examples.ts";
import { between, oneOf, type Random } from "./tamper.ts";
import { account, type World } from "./world.ts";

/** What shops, buyers, people at Stripe and banks do in the life of some orders, each act by chance. */
export const aHistory = (world: World, random: Random) => {
  const waiting: CheckoutId[] = [];
  const bought: CheckoutId[] = [];
  const confirmed = async () => {
    const orders = await Promise.all(bought.map((id) => world.shop.orders.get(storeId, orderIdOf(id))));
    return orders.filter((order) => order?.status === "confirmed").flatMap((order) => (order ? [order] : []));
  };
  const buyWaiting = async (): Promise<void> => {
    const checkoutId = waiting.shift();
    if (!checkoutId) return;
    bought.push(checkoutId);
    const card = oneOf(random, [
      "pm_card_visa",
      "pm_card_pendingRefund",
      "pm_card_createDispute",
      "pm_card_visa",
    ]);
    await world.complete(checkoutId, card);
    if (random() < 0.7) await world.shop.fulfill({ storeId, orderId: orderIdOf(checkoutId) });
  };
  const ofAnOrder = async (
    act: (order: Awaited<ReturnType<typeof confirmed>>[number]) => Promise<unknown>,
  ) => {
    const orders = await confirmed();
    const order = orders.length > 0 ? oneOf(random, orders) : undefined;
    // What was given back or questioned already may be refused: that is history, too.
    if (order) await act(order).catch(() => undefined);
  };
  const acts: readonly (() => Promise<unknown>)[] = [
    async () => waiting.push(await world.create()),
    async () => waiting.push(await world.create()),
    buyWaiting,
    buyWaiting,
    () => ofAnOrder(({ id }) => world.refund({ orderId: id }, between(random, 50, 800))),
    () =>
      ofAnOrder(({ payment: { paymentIntentId = "" } }) =>
        world.stripe.refundPaymentIntent(
          account,
          { paymentIntentId, amount: between(random, 50, 500), metadata: {} },
          `dashboard ${random()}`,
        ),
      ),
    () =>
      ofAnOrder(async ({ payment: { paymentIntentId = "" } }) =>
        world.stripe.bank.openDispute(paymentIntentId),
      ),
    async () => {
      const open = world.stripe.disputes().filter(({ status }) => status === "needs_response");
      if (open.length > 0)
        world.stripe.bank.closeDispute(oneOf(random, open).id, oneOf(random, ["won", "lost"]));
    },
    () => ofAnOrder(({ id }) => world.cancel({ orderId: id })),
    async () => world.on.clock.advance(minutes(between(random, 1, 20))),
    () => world.sweep(between(random, 1, 3)),
  ];
  return {
    waiting,
    bought,
    live: async (steps: number): Promise<void> => {
      for (let step = 0; step < steps; step += 1) await oneOf(random, acts)();
    },
  };
};
