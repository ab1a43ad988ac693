import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { within } from "../cloud/within.ts";
import type { Actor } from "./actor.ts";

/** Whoever runs the service: kills a store's tokens or suspends it, in the very moment in which somebody pays, mostly. */
export const operator = (shop: Shop): Actor => ({
  name: "operator",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    if (random.chance(0.3)) await scheduler.sleep(random.below(30_000));
    else await within(scheduler, 30_000, cloud.lambda.nextRun("catalog/reserve-stock"));
    await (random.chance(0.7) ? killTokens : suspend)(cloud, shop);
  },
});

/** No charge starts after its answer. */
const killTokens = async (cloud: Cloud, { storeId }: Shop): Promise<void> => {
  const command = { command: "kill-tokens", stores: storeId, reason: "stolen" };
  if (await untilDone(cloud, command)) cloud.tokensKilled.set(storeId, cloud.world.scheduler.steps());
};

/** For a while: it begins nothing meanwhile, and its keys open nothing. */
const suspend = async (cloud: Cloud, shop: Shop): Promise<void> => {
  const { scheduler, random } = cloud.world;
  const { storeId, owner, agents } = shop;
  for (const { text } of [owner, ...agents.map(({ key }) => key)])
    if (!cloud.revoking.has(text)) cloud.revoking.set(text, scheduler.steps());
  await untilDone(cloud, { command: "suspend-store", storeId, reason: "fraud" });
  await scheduler.sleep(random.below(60_000));
  await untilDone(cloud, { command: "resume-store", storeId, reason: "cleared" });
};

/** Call after call, as the command says. Whether it came to its end. */
const untilDone = async (cloud: Cloud, command: object): Promise<boolean> => {
  const { scheduler } = cloud.world;
  let cursor: unknown;
  for (let tried = 0; tried < 12; tried += 1) {
    const told = await operate(cloud, { ...command, ...(cursor !== undefined && { cursor }) });
    if (told.done) return true;
    cursor = told.cursor ?? cursor;
    await scheduler.sleep((told.waitSeconds ?? 1) * 1_000);
  }
  return false;
};

const operate = async ({ lambda }: Cloud, command: object): Promise<Partial<Told>> => {
  const invoked = await lambda.invoke("operator/operator", command);
  return "payload" in invoked ? ((invoked.payload as { done?: Told }).done ?? {}) : {};
};

type Told = { done: boolean; cursor?: unknown; waitSeconds?: number };
