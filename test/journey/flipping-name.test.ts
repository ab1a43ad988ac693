import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerEndpoint } from "#infra/local/demo/endpoint.ts";
import { openWorld, type World } from "./world.ts";

/** `0.0.0.0` is this machine, too, and none that may be dialed: whoever does is heard. */
const here = "127.0.0.1";
const forbidden = "0.0.0.0";

let world: World;
beforeAll(async () => {
  const names = {
    localhost: [[here], [forbidden], [here, forbidden]],
    "hooks.example.com": [[here]],
  };
  world = await openWorld({ outside: { names } });
});
afterAll(() => world?.laptop.stop());

const deliveriesTo = async (id: string) => (await world.store.webhooks.listDeliveries(id)).deliveries;

test("a name that flips its answers is asked once an attempt, and leads to no forbidden address", async () => {
  let connections = 0;
  const server = createServer(async (request, response) => {
    const { data } = JSON.parse(await text(request)) as { data: { challenge?: string } };
    response.end(JSON.stringify({ challenge: data.challenge }));
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, here, resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/webhooks`;
  const owner = { storeApi: world.storeApi, adminKey: world.shop.adminKey };
  const asked = { url, events: ["order.placed"] };
  const { id } = await registerEndpoint(owner, asked, () => undefined);
  expect(connections).toBe(1);
  await world.agent.complete((await world.ready("brewing-guide")).id, "pm_card_visa");
  await world.laptop.cloud.idle();
  expect(await deliveriesTo(id)).toMatchObject([
    { type: "order.placed", status: "waiting", reason: "forbidden" },
    { type: "endpoint.tested", status: "delivered" },
  ]);
  expect(connections).toBe(1);
  for (const seconds of [60, 600]) await world.pass(seconds * 1_000);
  expect(await deliveriesTo(id)).toMatchObject([{ status: "delivered", attempts: 3 }, {}]);
  expect(connections).toBe(2);
  server.close();
});

test("a public name that leads to this machine is not dialed", async () => {
  const url = "https://hooks.example.com/";
  const { id } = await world.store.webhooks.createEndpoint({ url });
  await world.store.webhooks.testEndpoint(id);
  await world.laptop.cloud.idle();
  expect(await deliveriesTo(id)).toMatchObject([{ type: "endpoint.tested", reason: "forbidden" }]);
});
