import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { Bought, BuyersData, Errand, Told } from "./buyers.ts";
import type { Metered } from "./meter.ts";
import { calls, type Purchase } from "./purchase.ts";
import { quantiles, type Spread } from "./quantiles.ts";
import type { Stand } from "./stand.ts";

/** What so many buyers at once got. */
export type Level = {
  readonly buyers: number;
  readonly orders: number;
  /** Answered with an order. */
  readonly ordersPerSecond: number;
  /** Captured, confirmed, and told to the integration. */
  readonly settledPerSecond: number;
  readonly milliseconds: Readonly<Record<keyof Purchase, Spread>>;
  /** Of the cloud's own loop (gateway, AWS APIs, workflows, Stripe): at 1 the bench measures that loop. */
  readonly loopBusy: number;
  readonly metered: readonly Metered[];
};

type Wanted = {
  readonly levels: readonly number[];
  readonly orders: number;
  readonly say: (line: string) => void;
};

export const runLevels = async (stand: Stand, wanted: Wanted): Promise<Level[]> => {
  const buyers = await startBuyers(stand);
  try {
    const levels: Level[] = [];
    for (const count of wanted.levels) {
      wanted.say(`${count} ${count === 1 ? "buyer" : "buyers at once"} …`);
      await send(buyers, await errandOf(stand, { buyers: count, orders: Math.max(count, warmUp) }));
      await stand.settled();
      levels.push(await measure(stand, buyers, { buyers: count, orders: wanted.orders }));
    }
    return levels;
  } finally {
    await buyers.terminate();
  }
};

/** Purchases before each measurement: functions start, code gets hot, keys and secrets are in memory. */
export const warmUp = 20;

type Round = { readonly buyers: number; readonly orders: number };

export const startBuyers = async ({ cloud, shop }: Stand): Promise<Worker> => {
  const data: BuyersData = { agentApi: cloud.urls.agentApi, agentKey: shop.agentKey };
  const worker = new Worker(new URL("./buyers.ts", import.meta.url), { workerData: data });
  await once(worker, "online");
  return worker;
};

const measure = async (stand: Stand, buyers: Worker, round: Round): Promise<Level> => {
  const errand = await errandOf(stand, round);
  stand.meter.reset();
  const begun = performance.now();
  const loop = performance.eventLoopUtilization();
  const { purchases, seconds } = await send(buyers, errand);
  const { utilization } = performance.eventLoopUtilization(loop);
  await stand.settled();
  const settled = (performance.now() - begun) / 1_000;
  return {
    buyers: round.buyers,
    orders: purchases.length,
    ordersPerSecond: purchases.length / seconds,
    settledPerSecond: purchases.length / settled,
    milliseconds: spreads(purchases),
    loopBusy: utilization,
    metered: stand.meter.read(),
  };
};

export const errandOf = async (stand: Stand, { buyers, orders }: Round): Promise<Errand> => ({
  products: Array.from({ length: buyers }, (_, buyer) => stand.productOf(buyer)),
  tokens: await stand.grantTokens(orders),
});

export const send = async (buyers: Worker, errand: Errand): Promise<Bought> => {
  const answered = once(buyers, "message");
  buyers.postMessage(errand);
  const [told] = (await answered) as [Told];
  if ("failed" in told) throw new Error(told.failed);
  return told;
};

const spreads = (purchases: readonly Purchase[]): Level["milliseconds"] => {
  const of = (name: keyof Purchase) => quantiles(purchases.map((each) => each[name]));
  const [create, update, complete] = calls.map(of) as [Spread, Spread, Spread];
  return { create, update, complete, purchase: of("purchase") };
};
