import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answered, paymentWith } from "./agent.ts";
import { badHeaders, unmeant, unmeantByStores, unreadable } from "./bad-requests.ts";
import { asker, type Told } from "./problem.ts";
import { tablesOf } from "./tables.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
let ask: ReturnType<typeof asker>;
let session: string;
beforeAll(async () => {
  world = await openWorld();
  ask = asker(world.storeApi);
  await world.restock(50);
  session = (await world.ready()).id;
});
afterAll(() => world?.laptop.stop());

const everything = async () => ({ ...(await tablesOf(world)), intents: world.intents().length });

let before: object;
beforeEach(async () => {
  before = await everything();
});
/** Of every bad request: it left nothing, and nothing in the log says that something of ours broke. */
afterEach(async () => {
  expect(await everything()).toEqual(before);
  const faults = world.laptop.cloud.log.lines.filter(({ text }) => /"level":"ERROR"|^failed/.test(text));
  expect(faults.filter(({ text }) => !text.includes("Unauthorized"))).toEqual([]);
});

/** A definite no in the protocol's words, which tells nothing of what is inside. */
const refused = (
  { status, body }: Answered | Told,
  wanted: { readonly status: number; readonly code?: string; readonly param?: string },
) => {
  const { status: wantedStatus, ...rest } = wanted;
  expect({ status, body }).toMatchObject({ status: wantedStatus, body: rest });
  expect(JSON.stringify(body)).not.toMatch(/\.m?[jt]s\b|node_modules|\bat .+:\d+:\d+|Error:|zod/i);
};

const line = { id: "mug-blue", quantity: 1 };
const post = (body: unknown, headers: Record<string, string> = {}, path = "/checkout_sessions") =>
  world.agent.call("POST", path, body, { headers });
const create = (more: object) => post({ line_items: [line], currency: "eur", capabilities: {}, ...more });

describe("an agent that sends what can't be read", () => {
  test.each(unreadable)("%s", async (_, body, headers, wanted) => refused(await post(body, headers), wanted));
});

describe("an agent that sends what can't be meant", () => {
  test.each(unmeant)("%s", async (_, change, param) => refused(await create(change), { status: 400, param }));

  test("a payment that is none, or of another kind", async () => {
    const complete = (payment_data: unknown) =>
      post({ payment_data }, {}, `/checkout_sessions/${session}/complete`);
    const bad = [
      undefined,
      "pm_card_visa",
      {},
      paymentWith("tok_visa"),
      paymentWith("pm_"),
      paymentWith("pm_a b"),
    ];
    for (const data of bad) refused(await complete(data), { status: 400 });
    refused(await complete({ ...paymentWith("pm_card_visa"), handler_id: "cash" }), {
      status: 400,
      param: "$.payment_data.handler_id",
    });
  });

  test("an id of nothing, or of something else", async () => {
    for (const id of [
      "x",
      `ord_${session.slice(4)}`,
      session.toUpperCase(),
      "%2e%2e%2f",
      "%00",
      `${session}%20`,
      "a".repeat(3_000),
    ])
      refused(await world.agent.read(id), { status: 404, code: "not_found" });
    refused(await world.agent.call("GET", "/nothing"), { status: 404, code: "not_found" });
  });

  test("a card number, anywhere", async () => {
    const card = "4242 4242 4242 4242";
    const forbidden = { status: 422, code: "card_data_forbidden" };
    refused(await create({ order_notes: `charge ${card}` }), forbidden);
    refused(await create({ buyer: { email: "a@b.example", first_name: card } }), forbidden);
    refused(await create({ metadata: { number: 4242424242424242 } }), forbidden);
    refused(
      await post(
        { payment_data: { card: { number: card, cvc: "123" } } },
        {},
        `/checkout_sessions/${session}/complete`,
      ),
      forbidden,
    );
    refused(await world.agent.read("4242424242424242"), forbidden);
    refused(await post({ line_items: [line] }, { "x-note": card }), forbidden);
    expect(world.laptop.cloud.log.lines.filter(({ text }) => /4242.?4242/.test(text))).toEqual([]);
  });
});

describe("an agent whose headers are wrong", () => {
  test.each(badHeaders)("%s", async (_, headers, wanted) =>
    refused(await post({ line_items: [line] }, headers), { status: 400, ...wanted }),
  );

  test("unsupported versions are answered with those that are", async () => {
    const { body } = await post({ line_items: [line] }, { "api-version": "2020-01-01" });
    expect(body).toMatchObject({ supported_versions: ["2026-04-17", "2026-01-30"] });
  });

  test("a line break in a header makes no second header", async () => {
    const answer = await spoken([
      `GET /checkout_sessions/${session} HTTP/1.1`,
      "Host: localhost",
      `Authorization: Bearer ${world.shop.agentKey}`,
      "API-Version: 2026-04-17",
      "Request-Id: one%0d%0aSet-Cookie: a=b\rSet-Cookie: c=d",
      "Connection: close",
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 (400|200) /);
    expect(answer).not.toMatch(/^Set-Cookie:/im);
    const echoed = await world.agent.read(session, { headers: { "request-id": "one\ttwo" } });
    expect(echoed.headers.get("request-id")).not.toBe("one\ttwo");
  });
});

/** HTTP as no client of ours would send it. */
const spoken = (lines: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.agentApi);
    let heard = "";
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
    });
    socket.on("end", () => resolve(heard)).on("error", reject);
  });

describe("a store's own people that send what can't be meant", () => {
  test.each(unmeantByStores)("%s %s %s", async (method, path, param, body) =>
    refused(await ask(world.shop.adminKey, method, path, body), { status: 422, param }),
  );

  test("what can't be read, or is too large, or has no key", async () => {
    const { adminKey } = world.shop;
    const put = (body: unknown, headers = {}) => ask(adminKey, "PUT", "/products", body, headers);
    refused(await put("{"), { status: 400, code: "invalid_request" });
    refused(await put("x".repeat(66_000)), { status: 413, code: "body_too_large" });
    refused(await put("{}", { "content-type": "text/plain" }), {
      status: 415,
      code: "unsupported_media_type",
    });
    const without = await ask(
      adminKey,
      "POST",
      "/webhook_endpoints",
      { url: "https://tea.example/x" },
      { "idempotency-key": "" },
    );
    refused(without, { status: 400, code: "idempotency_key_required" });
    refused(await ask(adminKey, "GET", "/orders/chk_1"), { status: 404, code: "not_found" });
    refused(await ask(adminKey, "POST", "/orders", {}), { status: 404 });
  });
});
