import type { Bridge } from "../cloud/bridges.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Shop, shopDomain } from "../cloud/shop.ts";
import { within } from "../cloud/within.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

/** Whoever keeps a store's site: gives its bridge another secret, or its store another domain. */
export const webmaster = (shop: Shop): Actor => ({
  name: "webmaster",
  act: (cloud) => (shop.bridge ? rollSecret(cloud, shop, shop.bridge) : changeDomain(cloud, shop)),
});

/** Its receiver believes the new one beside the former at once, or hears of it only later, within the overlap. */
const rollSecret = async (cloud: Cloud, shop: Shop, bridge: Bridge): Promise<void> => {
  const { scheduler, random } = cloud.world;
  if (random.chance(0.5)) await scheduler.sleep(random.below(30_000));
  else await within(scheduler, 30_000, cloud.lambda.nextRun("fulfillment/submit-order"));
  const secret = await newSecret(cloud, shop);
  if (secret === undefined) return;
  if (random.chance(0.3)) bridge.learn(secret);
  // What was signed before it was rolled is over by then.
  await scheduler.sleep(random.between(10, 20) * minute);
  bridge.replaceBy(secret);
};

const minute = 60_000;

/** Until it is answered: a secret that was made and not heard would be believed by nobody. */
const newSecret = async (cloud: Cloud, { owner: { text: by } }: Shop): Promise<string | undefined> => {
  const { scheduler, random } = cloud.world;
  const request = {
    method: "POST",
    path: "/store/connector/roll_secret",
    by,
    idempotencyKey: newKey(cloud),
    body: random.chance(0.5) ? {} : { overlapSeconds: 3_600 },
  } as const;
  for (let tried = 0; tried < 15; tried += 1) {
    const answer = await persistently(cloud, request);
    if (answer?.status === 200) return (answer.body as { secret?: string }).secret;
    await scheduler.sleep(minute);
  }
  return undefined;
};

/** Takes the one away by which it sells while somebody begins a session, and proves another. */
const changeDomain = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { scheduler, random } = cloud.world;
  if (random.chance(0.3)) await proveAnother(cloud, shop);
  if (random.chance(0.5)) await scheduler.sleep(random.below(20_000));
  else await within(scheduler, 20_000, cloud.lambda.nextRun("acp/acp"));
  await persistently(cloud, { method: "DELETE", path: `/domains/${shopDomain}`, by: shop.owner.text });
  await scheduler.sleep(random.below(10_000));
  await proveAnother(cloud, shop);
  // Somebody tidies the zone: from the second look on it speaks no longer.
  if (random.chance(0.3)) cloud.records.clear();
};

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
