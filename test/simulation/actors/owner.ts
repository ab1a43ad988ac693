import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { type Actor, persistently } from "./actor.ts";

/** A store's people: say how many there are, change prices, look at orders, and take an agent's key away. */
export const owner = (shop: Shop): Actor => ({
  name: "owner",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    for (let tried = 0; tried < 3; tried += 1) {
      await scheduler.sleep(random.below(20_000));
      if (random.chance(0.3)) await restock(cloud, shop);
      if (random.chance(0.2)) await look(cloud, shop);
      if (random.chance(0.08)) await revoke(cloud, shop);
      if (random.chance(0.15)) cloud.peppers.text = rotated(cloud);
    }
  },
});

const look = (cloud: Cloud, shop: Shop) =>
  persistently(cloud, { method: "GET", path: "/orders", by: shop.owner.text }, 2);

/** Over the version that was read, as a careful owner does; or a price only. */
const restock = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { random } = cloud.world;
  const by = shop.owner.text;
  const seen = await persistently(cloud, { method: "GET", path: "/products/mug", by }, 2);
  const stock = (seen?.body as { stock?: { available: number; version: number } } | undefined)?.stock;
  const body = {
    id: "mug",
    title: "mug",
    unitAmount: random.chance(0.2) ? 2_100 : 1_900,
    digital: false,
    active: true,
    ...(stock && random.chance(0.7) && { stock: { available: stock.available + 1, version: stock.version } }),
  };
  await persistently(cloud, { method: "PUT", path: "/products", by, body: { products: [body] } }, 2);
};

/** By the operator's function, until it answers: from then on the key opens nothing. */
const revoke = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { scheduler, random } = cloud.world;
  const { key } = random.pick(shop.agents);
  if (!cloud.revoking.has(key.text)) cloud.revoking.set(key.text, scheduler.steps());
  for (let tried = 0; tried < 3; tried += 1) {
    const invoked = await cloud.lambda.invoke("operator/operator", { command: "revoke-key", keyId: key.id });
    if ("payload" in invoked && (invoked.payload as { done?: unknown }).done) {
      if (!cloud.revocations.has(key.text)) cloud.revocations.set(key.text, scheduler.steps());
      return;
    }
  }
};

/** A new pepper beside the old one; keys stay under the version that they were issued under. */
const rotated = ({ peppers }: Cloud): string =>
  peppers.text.startsWith("{")
    ? peppers.text
    : JSON.stringify({
        current: "2",
        versions: { "1": peppers.text, "2": "another-pepper-of-at-least-32-characters" },
      });
