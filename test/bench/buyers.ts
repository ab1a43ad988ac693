import { parentPort, workerData } from "node:worker_threads";
import { acpAgent } from "#infra/local/demo/agent.ts";
import { buy, type Purchase } from "./purchase.ts";

/** A thread of their own, so that the buyers' clock does not wait for the cloud's loop. Connections are kept alive. */
export type BuyersData = { readonly agentApi: string; readonly agentKey: string };

/** One token an order; `products` has one for each buyer. */
export type Errand = { readonly products: readonly string[]; readonly tokens: readonly string[] };
export type Bought = {
  readonly purchases: readonly Purchase[];
  /** From the first request to the last answer. */
  readonly seconds: number;
};
export type Told = Bought | { readonly failed: string };

const { agentApi, agentKey } = workerData as BuyersData;
const agent = acpAgent(agentApi, agentKey);

/** Each buyer buys again as soon as the last purchase is through. */
const run = async ({ products, tokens }: Errand): Promise<Bought> => {
  const left = [...tokens];
  const purchases: Purchase[] = [];
  const begun = performance.now();
  const shop = async (product: string) => {
    for (let token = left.pop(); token !== undefined; token = left.pop())
      purchases.push(await buy(agent, product, token));
  };
  await Promise.all(products.map(shop));
  return { purchases, seconds: (performance.now() - begun) / 1_000 };
};

parentPort?.on("message", (errand: Errand) => {
  void run(errand)
    .catch((error: Error) => ({ failed: error.message }))
    .then((told: Told) => parentPort?.postMessage(told));
});
