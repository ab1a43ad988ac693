import { afterAll, beforeAll, expect, it } from "vitest";
import { aBuyer } from "#infra/local/demo/agent.ts";
import { grantToken } from "#infra/local/demo/demo.ts";
import { callStore, openShop, type Shop } from "#infra/local/demo/shop.ts";
import { type Laptop, startLaptop } from "#infra/local/laptop.ts";
import { agentOn } from "#test/journey/agent.ts";
import { sharedAssembly } from "#test/journey/share-assembly.ts";

let laptop: Laptop;
let shop: Shop;

beforeAll(async () => {
  laptop = await startLaptop({ schedules: false, assembly: await sharedAssembly() });
  shop = await openShop({ operator: laptop.operate, storeApi: laptop.cloud.urls.storeApi });
});
afterAll(() => laptop.stop());

it("tells the stores' API what happens at Stripe, and is at rest only when it was heard", async () => {
  const agent = agentOn(laptop.cloud.urls.agentApi, shop.agentKey);
  const { body } = await agent.create([{ id: "mug-blue" }], aBuyer);
  await agent.complete(body.id, await grantToken(laptop.stripeUrl, 10_000));
  await laptop.cloud.idle();
  const events = laptop.stripe?.state.all("event") ?? [];
  expect(events.map(({ type }) => type)).toContain("payment_intent.succeeded");
  expect(events.filter(({ undelivered }) => undelivered)).toEqual([]);
  expect(laptop.cloud.log.lines.filter(({ text }) => text.startsWith("failed"))).toEqual([]);
});

it("makes a refund that somebody gave at Stripe known to the store", async () => {
  const { urls } = laptop.cloud;
  const { body } = await agentOn(urls.agentApi, shop.agentKey).create([{ id: "mug-blue" }], aBuyer);
  const done = await agentOn(urls.agentApi, shop.agentKey).complete(body.id, "pm_card_visa");
  await laptop.cloud.idle();
  const intent = laptop.stripe?.state.all("intent").at(-1);
  await fetch(`${laptop.stripeUrl}/v1/refunds`, {
    method: "POST",
    headers: { authorization: `Bearer ${laptop.stripeKey}` },
    body: new URLSearchParams({ payment_intent: intent?.id ?? "", amount: "100" }),
  });
  await laptop.cloud.idle();
  const order = await callStore<{ refunds: object[] }>(
    urls.storeApi,
    shop.adminKey,
    "GET",
    `/orders/${done.body.order?.id}`,
  );
  expect(order.refunds).toMatchObject([{ status: "succeeded", amount: 100 }]);
});
