import type { Cloud } from "../cloud/cloud.ts";
import { strangersUrl } from "../cloud/receivers.ts";
import type { Shop } from "../cloud/shop.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

/** Who runs what listens to a store: wants to hear again what was told, or what was not, and tries whether it works. */
export const integrator = (shop: Shop): Actor => ({
  name: "integrator",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    await scheduler.sleep(random.below(random.pick([20_000, 120_000])));
    await random.pick(wishes)(cloud, shop);
  },
});

const asked = (cloud: Cloud, { owner: { text: by } }: Shop, path: string, body?: object) =>
  persistently(
    cloud,
    {
      method: "POST",
      path: `/webhook_endpoints${path}`,
      by,
      idempotencyKey: newKey(cloud),
      ...(body && { body }),
    },
    2,
  );

const one = ({ world: { random } }: Cloud, { endpoints }: Shop): string => random.pick(endpoints).id;

/** Again and again, once there is something that was told: whoever debugs a receiver asks more than once. */
const replayAll = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const id = one(cloud, shop);
  for (let asks = 0; asks < 4; asks += 1) {
    if ((await toldTo(cloud, shop, id)).length > 0)
      await replayed(cloud, shop, id, { from: "2026-01-01T00:00:00Z" });
    else await cloud.world.scheduler.sleep(20_000);
  }
};

const replayFailed = (cloud: Cloud, shop: Shop) =>
  replayed(cloud, shop, one(cloud, shop), { only: "failed" });

/** Whoever asks stays until it is done, a few minutes at most: so its runs are in the storm, too. */
const replayed = async (cloud: Cloud, shop: Shop, id: string, body: object): Promise<void> => {
  const made = await asked(cloud, shop, `/${id}/replay`, body);
  if (made?.status !== 202) return;
  const path = `/webhook_endpoints/${id}/replays/${(made.body as { id: string }).id}`;
  for (let looked = 0; looked < 6; looked += 1) {
    await cloud.world.scheduler.sleep(30_000);
    const seen = await persistently(cloud, { method: "GET", path, by: shop.owner.text }, 1);
    if ((seen?.body as { status?: string } | undefined)?.status === "done") return;
  }
};

/** One that stands in the list, or all of them by name. */
const again = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { random } = cloud.world;
  const id = one(cloud, shop);
  const eventIds = await toldTo(cloud, shop, id);
  if (eventIds.length === 0) return;
  if (random.chance(0.5)) await asked(cloud, shop, `/${id}/replay`, { eventIds });
  else await asked(cloud, shop, `/${id}/deliveries/${random.pick(eventIds)}/resend`);
};

const toldTo = async (cloud: Cloud, shop: Shop, id: string): Promise<string[]> => {
  const path = `/webhook_endpoints/${id}/deliveries`;
  const page = await persistently(cloud, { method: "GET", path, by: shop.owner.text }, 2);
  const { deliveries = [] } = (page?.body ?? {}) as { deliveries?: { eventId: string }[] };
  return deliveries.map(({ eventId }) => eventId);
};

/** Whether it works, again and again: more than an endpoint is told at once. */
const ring = async (cloud: Cloud, shop: Shop): Promise<void> => {
  for (let rung = 0; rung < 7; rung += 1) await asked(cloud, shop, `/${shop.endpoints[0].id}/test`);
};

/** At a host that is somebody else's, who says yes to whatever comes; also as if it were an agent's. */
const listenElsewhere = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { principalId } = cloud.world.random.pick(shop.agents);
  const kind = cloud.world.random.pick([{}, { kind: "acp", principalId }]);
  const made = await asked(cloud, shop, "", { url: strangersUrl, ...kind });
  const { id } = (made?.body ?? {}) as { id?: string };
  if (made?.status === 201 && id !== undefined) await asked(cloud, shop, `/${id}/test`);
};

type Wish = (cloud: Cloud, shop: Shop) => Promise<unknown>;

const wishes: readonly Wish[] = [replayAll, replayAll, replayFailed, again, again, ring, listenElsewhere];
