import type { Cloud } from "../cloud/cloud.ts";
import { type Shop, shopDomain } from "../cloud/shop.ts";
import { within } from "../cloud/within.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

/** Whoever keeps a store's domains: takes the one away by which it sells while somebody begins a session, and proves another. */
export const webmaster = (shop: Shop): Actor => ({
  name: "webmaster",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    if (random.chance(0.3)) await proveAnother(cloud, shop);
    if (random.chance(0.5)) await scheduler.sleep(random.below(20_000));
    else await within(scheduler, 20_000, cloud.lambda.nextRun("acp/acp"));
    await persistently(cloud, { method: "DELETE", path: `/domains/${shopDomain}`, by: shop.owner.text });
    await scheduler.sleep(random.below(10_000));
    await proveAnother(cloud, shop);
    // Somebody tidies the zone: from the second look on it speaks no longer.
    if (random.chance(0.3)) cloud.records.clear();
  },
});

const host = "shop.example";

const proveAnother = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const ask = (path: string, body?: object) =>
    persistently(cloud, {
      method: "POST",
      path,
      by: shop.owner.text,
      idempotencyKey: newKey(cloud),
      ...(body && { body }),
    });
  const asked = await ask("/domains", { domain: host });
  const { challenge } = (asked?.body ?? {}) as { challenge?: { record: { name: string; value: string } } };
  if (!challenge) return;
  cloud.records.set(challenge.record.name, [challenge.record.value]);
  await ask(`/domains/${host}/verify`);
};
