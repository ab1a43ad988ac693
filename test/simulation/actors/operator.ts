import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { within } from "../cloud/within.ts";
import type { Actor } from "./actor.ts";

/** Whoever runs the service: kills a store's tokens, in the very moment in which somebody begins to pay, mostly. */
export const operator = (shop: Shop): Actor => ({
  name: "operator",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    if (random.chance(0.3)) await scheduler.sleep(random.below(30_000));
    else await within(scheduler, 30_000, cloud.lambda.nextRun("catalog/reserve-stock"));
    await killTokens(cloud, shop);
  },
});

/** Until the operator's function says that it is done: no charge starts after that. */
const killTokens = async (cloud: Cloud, { storeId }: Shop): Promise<void> => {
  const { scheduler } = cloud.world;
  let cursor: unknown;
  for (let tried = 0; tried < 12; tried += 1) {
    const told = await operate(cloud, {
      command: "kill-tokens",
      stores: storeId,
      reason: "stolen",
      ...at(cursor),
    });
    if (told.done) return void cloud.tokensKilled.set(storeId, scheduler.steps());
    cursor = told.cursor ?? cursor;
    await scheduler.sleep((told.waitSeconds ?? 1) * 1_000);
  }
};

const at = (cursor: unknown) => (cursor === undefined ? {} : { cursor });

const operate = async ({ lambda }: Cloud, command: object): Promise<Partial<Killed>> => {
  const invoked = await lambda.invoke("operator/operator", command);
  return "payload" in invoked ? ((invoked.payload as { done?: Killed }).done ?? {}) : {};
};

type Killed = { done: boolean; cursor?: unknown; waitSeconds?: number };
