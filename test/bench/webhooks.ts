import { errandOf, send, startBuyers } from "./levels.ts";
import { quantiles, type Spread } from "./quantiles.ts";
import type { Stand } from "./stand.ts";

/** What so many integrations got of the same orders, each of every event. */
export type WebhookFigures = {
  readonly endpoints: number;
  readonly webhooks: number;
  /** From the first commit to the last receipt. */
  readonly perSecond: number;
  readonly commitToReceipt: Spread;
};

type Wanted = { readonly endpoints: readonly number[]; readonly orders: number; say(line: string): void };

/** Buyers at once: enough that there is always something to tell. */
const buyersAtOnce = 8;

export const measureWebhooks = async (stand: Stand, wanted: Wanted): Promise<WebhookFigures[]> => {
  const buyers = await startBuyers(stand);
  try {
    const figures: WebhookFigures[] = [];
    let there = 1;
    for (const endpoints of wanted.endpoints) {
      wanted.say(`${endpoints} webhook ${endpoints === 1 ? "endpoint" : "endpoints"} …`);
      for (; there < endpoints; there += 1) await stand.addEndpoint();
      await stand.settled();
      stand.receipts.length = 0;
      await send(buyers, await errandOf(stand, { buyers: buyersAtOnce, orders: wanted.orders }));
      await stand.settled();
      figures.push({ endpoints, ...figuresOf(stand.receipts) });
    }
    return figures;
  } finally {
    await buyers.terminate();
  }
};

const figuresOf = (receipts: Stand["receipts"]): Omit<WebhookFigures, "endpoints"> => {
  const begun = Math.min(...receipts.map(({ committedAt }) => committedAt));
  const ended = Math.max(...receipts.map(({ receivedAt }) => receivedAt));
  return {
    webhooks: receipts.length,
    perSecond: receipts.length / ((ended - begun) / 1_000),
    commitToReceipt: quantiles(receipts.map(({ committedAt, receivedAt }) => receivedAt - committedAt)),
  };
};
