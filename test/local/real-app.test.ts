import { afterAll, beforeAll, expect, it } from "vitest";
import { runDemo } from "#infra/local/demo/demo.ts";
import { openShop, type Shop } from "#infra/local/demo/shop.ts";
import { type Laptop, startLaptop } from "#infra/local/laptop.ts";
import { sharedAssembly } from "#test/journey/share-assembly.ts";
import { temporary } from "./fixture-cloud.ts";
import { startRemoteLaptop } from "./remote-laptop.ts";

let laptop: Laptop;
let shop: Shop;

beforeAll(async () => {
  laptop = await startLaptop({ schedules: false, assembly: await sharedAssembly() });
  shop = await openShop({ operator: laptop.operate, storeApi: laptop.cloud.urls.storeApi });
});
afterAll(() => laptop.stop());

it("carries a purchase from the agent's request to the verified webhook, and nobody lacks a grant", async () => {
  const story: string[] = [];
  const { agentApi, storeApi } = laptop.cloud.urls;
  await runDemo({ agentApi, storeApi, stripe: laptop.stripeUrl, shop, say: (line) => story.push(line) });
  await laptop.cloud.idle();
  expect(story.join("\n")).toContain("verified order.confirmed");
  expect(laptop.cloud.log.lines.filter((line) => line.text.startsWith("!"))).toEqual([]);
});

it("runs every schedule of the app without a fault", async () => {
  await laptop.cloud.sweep();
  expect(laptop.cloud.log.lines.filter((line) => line.text.startsWith("failed"))).toEqual([]);
});

it("runs in a process of its own, which a test may kill and start again on the same data", async () => {
  const options = { data: temporary(), schedules: false, assembly: await sharedAssembly() };
  const first = await startRemoteLaptop(options);
  const opened = await openShop({ operator: first.operate, storeApi: first.storeApi });
  await first.kill();
  const second = await startRemoteLaptop(options);
  expect(await second.operate({ command: "show-store", storeId: opened.storeId })).toMatchObject({
    store: { name: "Tea & Mugs" },
  });
  await second.kill();
});
