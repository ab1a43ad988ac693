import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

type Seen = { id: string; status: string; total: number; lines: { productId: string; quantity: number }[] };

/** Somebody at the store who gives money back, in parts or whole, twice by mistake, and takes orders back. */
export const clerk = (shop: Shop): Actor => ({
  name: "clerk",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    for (let looked = 0; looked < 5; looked += 1) {
      await scheduler.sleep(random.below(30_000));
      await lookAtOne(cloud, shop);
    }
  },
});

const lookAtOne = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { random } = cloud.world;
  const answer = await persistently(cloud, { method: "GET", path: "/orders", by: shop.owner.text }, 2);
  const { orders = [] } = (answer?.body ?? {}) as { orders?: Seen[] };
  if (orders.length === 0) return;
  const order = random.pick(orders);
  await (random.chance(0.7) ? giveBack(cloud, shop, order) : takeBack(cloud, shop, order));
};

const giveBack = async (cloud: Cloud, shop: Shop, order: Seen): Promise<void> => {
  const { random } = cloud.world;
  const request = {
    method: "POST",
    path: `/orders/${order.id}/refunds`,
    by: shop.owner.text,
    idempotencyKey: newKey(cloud),
    body: { reason: "returned", ...wish(cloud, order) },
  } as const;
  const asked = [persistently(cloud, request)];
  if (random.chance(0.3)) asked.push(persistently(cloud, request, 2));
  if (random.chance(0.3)) asked.push(persistently(cloud, { ...request, idempotencyKey: newKey(cloud) }, 2));
  await Promise.all(asked);
};

/** All that is left, a part of it, or pieces that come back into stock. */
const wish = ({ world: { random } }: Cloud, { total, lines }: Seen): object => {
  const choices = [{}, { amount: Math.max(1, Math.floor(total * random.unit())) }];
  const [line] = lines;
  if (line)
    choices.push({
      lines: [{ productId: line.productId, quantity: 1 }],
      restock: random.chance(0.7),
    } as never);
  return random.pick(choices);
};

const takeBack = (cloud: Cloud, shop: Shop, { id }: Seen) =>
  persistently(
    cloud,
    {
      method: "POST",
      path: `/orders/${id}/cancel`,
      by: shop.owner.text,
      idempotencyKey: newKey(cloud),
      body: { reason: "store_decision" },
    },
    2,
  );
