import { productStore } from "#functions/catalog/product.store.ts";
import { wire } from "#functions/fulfillment/fulfillment.handler.ts";
import { wire as wireFollow } from "#functions/fulfillment/sweep-shops.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { minutes } from "#functions/values/clock.ts";
import { aCaller, storeId } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { type FakeProduct, fakeWooCommerce } from "#test/fakes/woocommerce.ts";
import { aWorld, type Bought } from "../order/world.ts";

export const site = "https://tea.example.com/shop";
export const consumerKey = `ck_${"1a".repeat(20)}`;
export const consumerSecret = `cs_${"2b".repeat(20)}`;
const connector = { kind: "woocommerce", url: `${site}/`, consumerKey, consumerSecret };
const owner = aCaller({ role: "admin", scopes: ["store:read", "connections:write", "products:write"] });

export const mug: Bought = { productId: "31", unitAmount: 1_900, quantity: 3 };
export const shirt: Bought = { productId: "40-41", unitAmount: 2_500, quantity: 1 };
const offer = {
  status: "publish",
  price: "19.00",
  manage_stock: true,
  stock_quantity: 10,
  stock_status: "instock",
};
export const sold: FakeProduct[] = [
  { id: 31, type: "simple", name: "Mug", ...offer },
  { id: 40, type: "variable", name: "Shirt", ...offer, price: "25.00" },
  { id: 41, parent: 40, ...offer, price: "25.00", attributes: [{ name: "Size", option: "L" }] },
];

export type Given = { readonly bought?: readonly Bought[]; readonly body?: object; readonly tax?: number };

/** An order that was placed at a store whose shop is a WooCommerce site. */
export const aConnectedShop = async ({ bought = [mug], body = {}, tax = 19 }: Given = {}) => {
  const world = await aWorld({ fulfilled: false, bought });
  const { on } = world;
  const woo = fakeWooCommerce({ now: on.now, site, consumerKey, consumerSecret, tax });
  woo.products.push(...sold);
  const environment = environmentOf({ STAGE: "test", OUTBOUND_POLICY: "public" });
  const handler = wire({ ...on, environment, dial: woo.dial, seal: fakeStoreSeal() });
  const call = (method: string, given?: object, part = "") =>
    callApi(handler, { method, path: `/store/connector${part}`, caller: owner, body: given });
  const connected = await call("PUT", { ...connector, ...body });
  const process = shopOn({ ...world.healthy, dial: woo.dial });
  const follow = wireFollow({ ...on, dial: woo.dial, seal: fakeStoreSeal() });
  return {
    ...world,
    woo,
    /** Later, the sweeper looks at each shop. */
    follow: async (milliseconds: number = minutes(5)) => {
      on.clock.advance(milliseconds);
      await follow({}, aContext());
    },
    known: async (id: string) => (await productStore(on.table).getMany(storeId, [id])).get(id),
    call,
    connected,
    posts: () => woo.requests.filter(({ method }) => method === "POST").length,
    fulfill: () => process.fulfill({ storeId, orderId: world.orderId }),
    pass: async (milliseconds: number = minutes(2)) => {
      on.clock.advance(milliseconds);
      await process.sweepOrders();
    },
    status: async () => (await world.order()).status,
    intent: () => world.stripe.intents()[0]?.status,
    everything: () =>
      JSON.stringify(
        (["access", "commerce", "outbox", "audit"] as const).flatMap((name) => on.table.rows(name)),
        (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value),
      ),
  };
};
