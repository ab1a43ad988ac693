import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

type Parcel = { id: string };
type Seen = { id: string; lines: { productId: string; quantity: number }[]; fulfillments: Parcel[] };

/** Somebody who hears what happens, sends what was ordered, in parts or whole, twice by mistake, and tells what became of it. */
export const warehouse = (shop: Shop): Actor => ({
  name: "warehouse",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    for (let looked = 0; looked < 5; looked += 1) {
      await scheduler.sleep(random.below(30_000));
      await persistently(cloud, { method: "GET", path: "/events", by: shop.owner.text }, 1);
      await lookAtOne(cloud, shop);
    }
  },
});

/** By such a number a parcel leads to its buyer. */
export const parcelOf = (orderId: string): string => `parcel ${orderId}`;

const lookAtOne = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { random } = cloud.world;
  const answer = await persistently(cloud, { method: "GET", path: "/orders", by: shop.owner.text }, 2);
  const { orders = [] } = (answer?.body ?? {}) as { orders?: Seen[] };
  if (orders.length === 0) return;
  const order = random.pick(orders);
  const [line] = order.lines;
  const some = line && random.chance(0.5) ? { lines: [{ productId: line.productId, quantity: 1 }] } : {};
  const told = { ...some, tracking: { number: parcelOf(order.id) } };
  const path = `/orders/${order.id}/fulfillments`;
  if (order.fulfillments.length === 0 || random.chance(0.3)) {
    const status = random.pick(["processing", "shipped"]);
    return asked(cloud, shop, path, { status, ...told });
  }
  const type = random.pick(["shipped", "delivered", "failed", "returned"]);
  await asked(cloud, shop, `${path}/${random.pick(order.fulfillments).id}/events`, { type, ...told });
};

const asked = async (cloud: Cloud, shop: Shop, path: string, body: object): Promise<void> => {
  const { random } = cloud.world;
  const by = shop.owner.text;
  const request = { method: "POST", path, by, idempotencyKey: newKey(cloud), body } as const;
  const all = [persistently(cloud, request)];
  if (random.chance(0.3)) all.push(persistently(cloud, request, 2));
  if (random.chance(0.3)) all.push(persistently(cloud, { ...request, idempotencyKey: newKey(cloud) }, 2));
  await Promise.all(all);
};
