import type { Order } from "#functions/order/order.ts";
import type { NewRefund } from "#functions/order/refund-order.ts";
import type { Answer } from "#functions/runtime/route.ts";
import { minutes, seconds } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import type { Currency } from "#functions/values/money.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

/** What was bought: three mugs and shipping, 61.90 EUR; ten mugs were in stock. */
export const total = 6_190;

type Given = {
  readonly fulfilled?: boolean;
  readonly token?: string;
  readonly currency?: Currency;
  readonly bought?: readonly Bought[];
};
export type Bought = {
  readonly productId: string;
  readonly unitAmount: number;
  readonly quantity: number;
  readonly digital?: boolean;
};

/** A shop on memory in which an order was placed and, unless told otherwise, fulfilled and captured. */
export const aWorld = async ({
  fulfilled = true,
  token = "pm_card_visa",
  currency = "eur",
  bought = [{ productId: "mug-blue", unitAmount: 1_900, quantity: 3 }],
}: Given = {}) => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const healthy = { ...on, stripe, envelope: fakeEnvelope(on.table) };
  const products = bought.map(({ productId: id, unitAmount, digital = false }) => ({
    ...aProduct({ id, unitAmount, digital }),
    available: 10,
  }));
  await stockShop(on, products, aStore({ currency }));
  const shop = shopOn(healthy);
  const { opened } = await shop.create({
    caller: aCaller(),
    idempotency: aRequest(),
    channel: aChannel(),
    contents: someContents({
      lines: bought.map(({ productId, quantity }) => ({ productId, quantity })),
    }),
  });
  const checkoutId = opened.checkout.id;
  const orderId = orderIdOf(checkoutId);
  await shop.complete({
    caller: aCaller(),
    idempotency: aRequest(),
    checkoutId,
    deadline: on.now() + seconds(29),
    payment: { kind: "pm", token },
  });
  if (fulfilled) await shop.fulfill({ storeId, orderId });
  const order = async (): Promise<Order> => {
    const found = await shop.orders.get(storeId, orderId);
    if (!found) throw new Error("no order");
    return found;
  };
  const asked = (key?: string, body: unknown = {}) => ({
    caller: aCaller({ role: "admin", scopes: ["orders:read", "orders:write"] }),
    orderId,
    idempotency: aRequest(key, JSON.stringify(body)),
    deadline: on.now() + seconds(25),
  });
  return {
    on,
    stripe,
    healthy,
    shop,
    orderId,
    order,
    asked,
    refund: (body: Partial<NewRefund> = {}, key?: string, by = shop): Promise<Answer> =>
      by.refund({ ...asked(key, body), body: { reason: "returned", restock: false, ...body } }),
    cancel: (key?: string, by = shop): Promise<Answer> =>
      by.cancelOrder({ ...asked(key), body: { reason: "out_of_stock" } }),
    settle: (number: number) => shop.settleRefund({ storeId, orderId, number }),
    stock: async () =>
      (await on.table.get("commerce", { pk: `${storeId}#stock#mug-blue`, sk: "stock" }))?.["available"],
    events: () => on.table.rows("outbox").map((row) => row["type"]),
    atStripe: () => stripe.refunds().map(({ amount }) => amount),
    /** Time passes, and the schedules look at what is due. */
    pass: async (milliseconds = minutes(2)) => {
      on.clock.advance(milliseconds);
      await shop.sweepOrders();
    },
  };
};
export type World = Awaited<ReturnType<typeof aWorld>>;

export const mugs = (quantity: number) => [{ productId: "mug-blue", quantity }];
