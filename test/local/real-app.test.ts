import { afterAll, beforeAll, expect, it } from "vitest";
import { runDemo } from "#infra/local/demo/demo.ts";
import { openShop, type Shop } from "#infra/local/demo/shop.ts";
import { type Laptop, startLaptop } from "#infra/local/laptop.ts";
import { listenToJourneys } from "#test/journey/documented.ts";
import { sharedAssembly } from "#test/journey/share-assembly.ts";
import { temporary } from "./fixture-cloud.ts";
import { startRemoteLaptop } from "./remote-laptop.ts";

let laptop: Laptop;
let shop: Shop;
const { overhear, expectDocumented } = listenToJourneys();

beforeAll(async () => {
  laptop = await startLaptop({ schedules: false, assembly: await sharedAssembly(), overhear });
  shop = await openShop({ operator: laptop.operate, storeApi: laptop.cloud.urls.storeApi });
});
afterAll(async () => {
  await laptop.stop();
  expectDocumented();
});

it("carries a purchase from the agent's request to the verified webhook, and nobody lacks a grant", async () => {
  const story: string[] = [];
  const { agentApi, storeApi } = laptop.cloud.urls;
  await runDemo({ agentApi, storeApi, stripe: laptop.stripeUrl, shop, say: (line) => story.push(line) });
  await laptop.cloud.idle();
  expect(story.join("\n")).toContain("verified order.confirmed");
  expect(laptop.cloud.log.lines.filter((line) => line.text.startsWith("!"))).toEqual([]);
});

it("tells strangers on both hosts its terms, its policies and whom to tell of a hole, each where it says", async () => {
  for (const [api, url] of [
    ["agent", laptop.cloud.urls.agentApi],
    ["store", laptop.cloud.urls.storeApi],
  ] as const) {
    const root = await fetch(url);
    expect(root.status).toBe(200);
    const { links, ...self } = (await root.json()) as { links: Record<string, { href: string }> };
    expect(self).toEqual({ name: "agentic-checkout", api });
    expect(links["self"]).toEqual({ href: `${url}/` });
    expect(links).toHaveProperty(["terms-of-service", "version"]);
    const file = await fetch(links["security"]?.href ?? "");
    expect(file.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await file.text()).toContain(`\nCanonical: ${file.url}\n`);
    const described = links["describedby"];
    if (described) expect(await (await fetch(described.href)).json()).toHaveProperty("protocol.name", "acp");
  }
  expect((await fetch(laptop.cloud.urls.agentApi, { headers: { "content-type": "text/xml" } })).status).toBe(
    415,
  );
});

it.each(["agentApi", "storeApi"] as const)(
  "shows on the %s what it takes and answers, in a page that brings its own viewer",
  async (api) => {
    const url = laptop.cloud.urls[api];
    const { links } = (await (await fetch(url)).json()) as {
      links: Record<"service-desc" | "service-doc", { href: string }>;
    };
    const document = await (await fetch(links["service-desc"].href)).json();
    expect(document).toMatchObject({ openapi: "3.1.1", servers: [{ url }] });
    const page = await fetch(links["service-doc"].href);
    const linked = [...(await page.text()).matchAll(/(?:src|href)="(docs[^"]+)"/g)].map(
      ([, part = ""]) => part,
    );
    const parts = await Promise.all(
      linked.map(async (part) => (await fetch(new URL(part, page.url))).text()),
    );
    expect(linked).toEqual(["docs/style.css", "docs/viewer.js", "docs/start.js"]);
    expect(parts[0]).toContain(".swagger-ui");
    expect(parts[1]).toContain("SwaggerUIBundle");
  },
);

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
