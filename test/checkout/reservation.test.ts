import { describe, expect, test } from "vitest";
import { readStock, setStock } from "#functions/catalog/stock.store.ts";
import { times } from "#functions/checkout/checkout.ts";
import { times as orderTimes } from "#functions/order/order.ts";
import { savedStore } from "#functions/store/store.store.ts";
import { days, seconds } from "#functions/values/clock.ts";
import { type OrderId, orderIdOf } from "#functions/values/id.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

const secure = aStore({
  threeDSecure: {
    acquirerBin: "411111",
    acquirerCountry: "DE",
    acquirerMerchantId: "m",
    merchantName: "Tea",
  },
});

/** A shop with ten mugs, and a buyer about to buy two of them. */
const aShop = async () => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  await stockShop(on, [{ ...aProduct(), available: 10 }], secure);
  const shop = shopOn({ ...on, stripe, envelope: fakeEnvelope(on.table) });
  const { opened } = await shop.create({
    caller: aCaller(),
    idempotency: aRequest(),
    channel: aChannel({ interventions: ["3ds"] }),
    contents: someContents({ lines: [{ productId: "mug-blue", quantity: 2 }] }),
  });
  const { id } = opened.checkout;
  const complete = (token = "pm_card_visa") =>
    shop.complete({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId: id,
      deadline: on.now() + seconds(29),
      payment: { kind: "pm", token },
    });
  const later = async (milliseconds: number, step: number) => {
    for (let passed = 0; passed < milliseconds; passed += step) {
      on.clock.advance(step);
      await shop.sweepCheckouts();
      await shop.sweepOrders();
    }
  };
  const order = { storeId, orderId: orderIdOf(id) satisfies OrderId };
  const stock = () => readStock(on.table, storeId, "mug-blue");
  const cancelOrder = () =>
    shop.cancelOrder({
      caller: aCaller({ role: "admin", scopes: ["orders:read", "orders:write"] }),
      orderId: order.orderId,
      idempotency: aRequest(),
      deadline: on.now() + seconds(25),
    });
  const suspend = () => on.table.commit([savedStore(secure, { ...secure, status: "suspended", version: 2 })]);
  return { on, stripe, shop, id, complete, later, order, stock, cancelOrder, suspend };
};
type Shop = Awaited<ReturnType<typeof aShop>>;

const silent = { match: "POST /v1/payment_intents", when: "after", kind: "timeout" } as const;
const authenticating = "pm_card_authenticationRequired";

/** Every road on which a buyer's two mugs come back, up to the moment before and the moment after. */
const roads: Readonly<
  Record<string, readonly [(on: Shop) => Promise<unknown>, (on: Shop) => Promise<unknown>]>
> = {
  "a buyer who never authenticates": [
    (on) => on.complete(authenticating),
    (on) => on.later(times.authentication, times.authentication),
  ],
  "a buyer who leaves while authenticating": [
    (on) => on.complete(authenticating),
    (on) => on.shop.cancel({ caller: aCaller(), idempotency: aRequest(), checkoutId: on.id }),
  ],
  "a payment that stays unknown": [
    (on) => {
      on.stripe.fail({ ...silent, times: 92 });
      return on.complete();
    },
    (on) => on.later(times.giveUp + 6 * times.lease, times.lease),
  ],
  "a session whose time ended while its payment was unknown": [
    (on) => {
      on.stripe.fail({ ...silent, times: 1 });
      on.on.clock.advance(times.session - 1);
      return on.complete();
    },
    (on) => on.later(times.giveUp, times.giveUp),
  ],
  "a run that died once the stock was taken": [
    async (on) => {
      on.stripe.fail({ match: "POST /v1/payment_intents", when: "before", kind: "timeout", times: 2 });
      await on.complete("pm_card_chargeDeclined");
    },
    (on) => on.later(3 * times.lease, times.lease),
  ],
  "a store that refuses the order": [
    (on) => on.complete(),
    async (on) => {
      await on.suspend();
      await on.shop.fulfill(on.order);
    },
  ],
  "a capture that is refused": [
    (on) => on.complete(),
    async (on) => {
      on.stripe.fail({ match: "/capture", kind: "refuse", code: "charge_expired_for_capture", times: 9 });
      await on.shop.fulfill(on.order);
    },
  ],
  "an order that the store cancels before it is confirmed": [(on) => on.complete(), (on) => on.cancelOrder()],
  "an order that nobody took within its time": [
    async (on) => {
      await on.complete();
      on.on.clock.advance(orderTimes.giveUp);
    },
    (on) => on.later(2 * orderTimes.lease, orderTimes.lease),
  ],
};

describe.each(Object.entries(roads))("%s", (_, [hold, end]) => {
  test("gives back what it held, all of it, once", async () => {
    const on = await aShop();
    await hold(on);
    expect(await on.stock()).toMatchObject({ onHand: 10, reserved: 2, available: 8 });
    await end(on);
    expect(await on.stock()).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
    await on.shop.fulfill(on.order).catch(() => undefined);
    await on.later(days(2), days(1));
    expect(await on.stock()).toMatchObject({ onHand: 10, reserved: 0, available: 10, version: 1 });
  });

  test("gives it back to what the store has told meanwhile", async () => {
    const on = await aShop();
    await hold(on);
    await on.on.table.commit([setStock(storeId, "mug-blue", { onHand: 5 })]);
    expect(await on.stock()).toMatchObject({ onHand: 5, reserved: 2, available: 3 });
    await end(on);
    expect(await on.stock()).toMatchObject({ onHand: 5, reserved: 0, available: 5 });
  });
});

test("a declined card gives everything back before it is answered", async () => {
  const on = await aShop();
  await on.complete("pm_card_chargeDeclined");
  expect(await on.stock()).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
});

test("an order that is confirmed holds nothing any more: its pieces are sold, once", async () => {
  const on = await aShop();
  await on.complete();
  await on.shop.fulfill(on.order);
  expect(await on.stock()).toMatchObject({ onHand: 8, reserved: 0, available: 8, version: 2 });
  await on.shop.fulfill(on.order).catch(() => undefined);
  await on.later(days(2), days(1));
  expect(await on.stock()).toMatchObject({ onHand: 8, reserved: 0, available: 8, version: 2 });
});

test("a confirmed order that the store cancels brings its pieces back, once", async () => {
  const on = await aShop();
  await on.complete();
  await on.shop.fulfill(on.order);
  await on.cancelOrder();
  await on.later(days(2), days(1));
  expect(await on.stock()).toMatchObject({ onHand: 10, reserved: 0, available: 10, version: 3 });
});

test("what the store tells between order and confirmation is less by the order once it is confirmed", async () => {
  const on = await aShop();
  await on.complete();
  await on.on.table.commit([setStock(storeId, "mug-blue", { onHand: 30 })]);
  await on.shop.fulfill(on.order);
  expect(await on.stock()).toMatchObject({ onHand: 28, reserved: 0, available: 28 });
});
