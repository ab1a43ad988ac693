import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grantToken } from "#infra/local/demo/demo.ts";
import { openShop } from "#infra/local/demo/shop.ts";
import { type LaptopOptions, startLaptop } from "#infra/local/laptop.ts";
import { agentOn, type Session } from "./agent.ts";
import { canarySession } from "./canary.ts";
import { listenToJourneys } from "./documented.ts";
import { expectNoLeak, filesIn, memoryOf } from "./leaks.ts";
import { sharedAssembly } from "./share-assembly.ts";
import { storeOn } from "./store.ts";

/**
 * The demo's shop with agents, on a cloud whose schedules run only when a story says so. Its buyer carries canaries, and
 * whoever stops it searches all that it leaves: a story after which one of them, or a secret, can be read is red. So is
 * one in which anything was asked or answered that is not documented.
 */
export const openWorld = async (options: LaptopOptions = {}) => {
  const assembly = await sharedAssembly();
  const directory = mkdtempSync(join(tmpdir(), "journey-"));
  const kept = { data: join(directory, "data"), log: join(directory, "log"), journal: true };
  const { overhear, expectDocumented } = listenToJourneys();
  const laptop = await startLaptop({ schedules: false, assembly, overhear, ...kept, ...options });
  const { cloud } = laptop;
  const { agentApi, storeApi } = cloud.urls;
  const shop = await openShop({ operator: laptop.operate, storeApi });
  const agent = agentOn(agentApi, shop.agentKey);
  const store = storeOn(storeApi, shop.adminKey);
  const issue = async (role: string, principal: string, storeId = shop.storeId) =>
    (await laptop.operate({ command: "issue-key", storeId, role, principal })) as Issued;
  const intents = () => laptop.stripe?.state.all("intent") ?? [];
  const overheard: unknown[] = [];
  const stop = async () => {
    const memory = await memoryOf({ laptop, assembly, intents, overheard });
    await laptop.stop();
    const files = filesIn(directory);
    rmSync(directory, { recursive: true, force: true });
    expectNoLeak([...memory, ...files]);
    expectDocumented();
  };
  return {
    laptop: { ...laptop, stop },
    assembly,
    directory,
    /** Whatever receivers were told. */
    overheard,
    shop,
    store,
    issue,
    agent,
    agentApi,
    storeApi,
    intents,
    token: (amount: number) => grantToken(laptop.stripeUrl, amount),
    /** PaymentIntents at Stripe that hold or took money. */
    charged: () => intents().filter(({ status }) => holding.includes(status)),
    /** A session that could be completed. */
    ready: async (productId = "mug-blue", more: object = {}): Promise<Session> =>
      (await agent.create([{ id: productId, quantity: 1 }], { ...canarySession, ...more })).body,
    /** Lets events, workflows and queues come to rest; what waits seconds for its turn gets them. */
    settle: async (until = () => cloud.queues.every((queue) => queue.size() === 0)) => {
      for (let round = 0; round < 120; round += 1) {
        await cloud.idle();
        if (until()) return;
        cloud.advance(2_000);
      }
      throw new Error("what the story waits for does not come");
    },
    /** Lets time pass, and the schedules that come meanwhile look at what is due. */
    pass: async (milliseconds: number) => {
      cloud.advance(milliseconds);
      await cloud.sweep(milliseconds);
      await cloud.idle();
    },
    stockOf: async (id: string) => (await store.catalog.getProduct(id)).stock.available,
    /** Orders of an earlier story are confirmed first: what they hold is part of what is on hand. */
    restock: async (onHand: number, id = "mug-blue", unitAmount = 1_900) => {
      await cloud.idle();
      await store.catalog.putProducts({
        products: [{ id, title: "Blue mug", unitAmount, stock: { onHand } }],
      });
    },
  };
};
export type World = Awaited<ReturnType<typeof openWorld>>;
type Issued = { readonly key: string; readonly keyId: string; readonly principalId: string };

const holding: readonly string[] = ["requires_capture", "succeeded", "processing"];
