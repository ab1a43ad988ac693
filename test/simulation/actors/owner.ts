import type { Cloud } from "../cloud/cloud.ts";
import type { Response } from "../cloud/gateway.ts";
import type { Key, Shop } from "../cloud/shop.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

/** A store's people: say how many there are, change prices, what sessions show, look at orders, and take a key away. */
export const owner = (shop: Shop): Actor => ({
  name: "owner",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    for (let tried = 0; tried < 3; tried += 1) {
      await scheduler.sleep(random.below(20_000));
      for (const [, chore] of chores.filter(([chance]) => random.chance(chance))) await chore(cloud, shop);
    }
  },
});

const look = (cloud: Cloud, shop: Shop) =>
  persistently(cloud, { method: "GET", path: "/orders", by: shop.owner.text }, 2);

/** How many there are, with the version that was read or without; or a price only. */
const restock = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { random } = cloud.world;
  const by = shop.owner.text;
  const seen = await persistently(cloud, { method: "GET", path: `/products/${shop.goods.mug}`, by }, 2);
  const shown = (seen?.body as { stock?: { onHand: number; version: number } } | undefined)?.stock;
  const version = random.chance(0.5) ? { version: shown?.version } : {};
  const stock = shown && { onHand: Math.max(0, shown.onHand + random.between(-1, 2)), ...version };
  const body = {
    id: shop.goods.mug,
    title: "mug",
    unitAmount: random.chance(0.2) ? 2_100 : 1_900,
    digital: false,
    active: true,
    ...(stock && random.chance(0.7) && !shop.woo && { stock }),
  };
  await persistently(cloud, { method: "PUT", path: "/products", by, body: { products: [body] } }, 2);
};

/** Somebody asks to be forgotten: whoever bought last. Then they remember that their address was wrong. */
export const forget = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const path = await newestCustomer(cloud, shop);
  if (!path) return;
  await persistently(cloud, { method: "DELETE", path, by: shop.owner.text }, 2);
  if (cloud.world.random.chance(0.5)) await corrected(cloud, shop, path);
};

const correct = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const path = await newestCustomer(cloud, shop);
  if (path) await corrected(cloud, shop, path);
};

const newestCustomer = async (cloud: Cloud, { owner: { text: by } }: Shop): Promise<string | undefined> => {
  const seen = await persistently(cloud, { method: "GET", path: "/customers", by }, 2);
  const [customer] = (seen?.body as { customers?: { id: string }[] } | undefined)?.customers ?? [];
  return customer && `/customers/${customer.id}`;
};

const corrected = (cloud: Cloud, { owner: { text: by } }: Shop, path: string) =>
  persistently(
    cloud,
    {
      method: "POST",
      path: `${path}/rectify`,
      by,
      idempotencyKey: newKey(cloud),
      body: { buyer: { email: "ada.king@canary.example" } },
    },
    2,
  );

const revocable = ({ agents, asking }: Shop): Key[] => [
  ...agents.map(({ key }) => key),
  ...(asking ? [asking] : []),
];

/** By the operator's function, until it answers: from then on the key opens nothing. */
const revoke = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { scheduler, random } = cloud.world;
  const key = random.pick(revocable(shop));
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
const rotate = async ({ peppers }: Cloud): Promise<void> => {
  if (peppers.text.startsWith("{")) return;
  const versions = { "1": peppers.text, "2": "another-pepper-of-at-least-32-characters" };
  peppers.text = JSON.stringify({ current: "2", versions });
};

/** A new key with the same rights; the old one ends in the same moment. */
const roll = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { key } = cloud.world.random.pick(shop.agents);
  await takingAway(cloud, key.text, () =>
    persistently(cloud, {
      method: "POST",
      path: `/license_keys/${key.id}/roll`,
      by: shop.owner.text,
      idempotencyKey: newKey(cloud),
      body: { overlapSeconds: 0 },
    }),
  );
};

/** Somebody of support looks at orders, and is shown the door. */
const support = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { scheduler, random } = cloud.world;
  const post = (path: string, body?: object) =>
    persistently(cloud, {
      method: "POST",
      path,
      by: shop.owner.text,
      idempotencyKey: newKey(cloud),
      ...(body && { body }),
    });
  const wanted = { person: "Sam", reason: "an order is stuck", scopes: ["orders:read"], minutes: 60 };
  const granted = (await post("/support_grants", wanted))?.body as Partial<Granted> | undefined;
  if (!granted?.id || !granted.key) return;
  const by = granted.key;
  await persistently(cloud, { method: "GET", path: "/orders", by }, 1);
  await scheduler.sleep(random.below(10_000));
  await takingAway(cloud, by, () => post(`/support_grants/${granted.id}/end`));
  await scheduler.sleep(random.below(10_000));
  await persistently(cloud, { method: "GET", path: "/orders", by }, 2);
};

type Granted = { id: string; key: string };

/** From the answer on the key opens nothing; while it is asked for it may or may not. */
const takingAway = async (
  { revoking, revocations, world: { scheduler } }: Cloud,
  key: string,
  ask: () => Promise<Response | undefined>,
): Promise<void> => {
  if (!revoking.has(key)) revoking.set(key, scheduler.steps());
  const answer = await ask();
  if ((answer?.status ?? 500) < 300 && !revocations.has(key)) revocations.set(key, scheduler.steps());
};

/** Another help desk: what was answered before is repeated as it was. */
const redecorate = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { random } = cloud.world;
  const by = shop.owner.text;
  const hours = `from ${random.below(3)}`;
  await persistently(cloud, { method: "PATCH", path: "/store", by, body: { support: { hours } } }, 2);
};

/** Tells an agent's feed everything anew. */
const pushAnew = async (cloud: Cloud, { owner: { text: by }, feed }: Shop): Promise<void> => {
  if (!feed) return;
  const body = { name: feed.name, url: feed.url };
  await persistently(cloud, { method: "PUT", path: "/agent_feeds", by, body }, 2);
};

type Chore = (cloud: Cloud, shop: Shop) => Promise<unknown>;

const chores: readonly (readonly [number, Chore])[] = [
  [0.1, forget],
  [0.03, correct],
  [0.3, restock],
  [0.2, look],
  [0.15, redecorate],
  [0.08, revoke],
  [0.05, roll],
  [0.05, support],
  [0.1, pushAnew],
  [0.15, rotate],
];
