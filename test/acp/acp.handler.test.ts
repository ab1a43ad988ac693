import { beforeEach, describe, expect, it } from "vitest";
import { versions } from "#functions/acp/version.ts";
import { type Agent, anAgent, buyer, fulfillment_details, line_items } from "./agent.ts";
import { complaints } from "./released.ts";

let agent: Agent;
beforeEach(async () => {
  agent = await anAgent();
});

describe("a session over HTTP", () => {
  it.each(versions)("is created, read, changed and canceled in %s", async (version) => {
    const headers = { "API-Version": version };
    const created = await agent.create({ line_items, currency: "eur", capabilities: {} }, { headers });
    expect(created.statusCode).toBe(201);
    expect(created.body).toMatchObject({ status: "not_ready_for_payment", protocol: { version } });
    const path = `/checkout_sessions/${created.body.id}`;
    const changed = await agent.call("POST", path, { buyer, fulfillment_details }, { headers });
    expect(changed).toMatchObject({ statusCode: 200, body: { status: "ready_for_payment", buyer } });
    const read = await agent.call("GET", path, undefined, { headers });
    expect(read.body).toEqual(changed.body);
    const canceled = await agent.call("POST", `${path}/cancel`, undefined, { headers });
    expect(canceled).toMatchObject({ statusCode: 200, body: { status: "canceled" } });
    const again = await agent.call("POST", `${path}/cancel`, {}, { headers });
    expect(again).toMatchObject({
      statusCode: 405,
      body: { type: "invalid_request", code: "method_not_allowed" },
    });
    for (const answer of [created, changed, read, canceled])
      expect(complaints(version, "CheckoutSession", answer.body)).toEqual([]);
  });

  it("has its full total at once: an option is preselected as soon as the address is known", async () => {
    const { body } = await agent.create({ line_items, buyer, fulfillment_details });
    expect(body.selected_fulfillment_options).toMatchObject([{ option_id: "standard" }]);
    expect(body.totals.at(-1)).toMatchObject({ type: "total", amount: 3_800 + 490 });
  });

  it("takes the shapes of the prose: items, no currency, no capabilities", async () => {
    const { statusCode, body } = await agent.create({ items: [{ id: "song", quantity: 1 }], buyer });
    expect(statusCode).toBe(201);
    expect(body).toMatchObject({ status: "ready_for_payment", currency: "eur" });
  });

  it("hands a completion to the workflow, its token and its buyer only sealed", async () => {
    const path = await agent.begun();
    await agent.call("POST", path, { buyer, fulfillment_details });
    const payment_data = {
      handler_id: "card_tokenized",
      instrument: { type: "card", credential: { type: "spt", token: "spt_canary1" } },
    };
    const { statusCode, body } = await agent.call("POST", `${path}/complete`, {
      buyer,
      payment_data,
      order_notes: "canary notes",
    });
    // The run came to nothing, and says so.
    expect(statusCode).toBe(503);
    expect(body).toMatchObject({ type: "service_unavailable", code: "temporarily_unavailable" });
    expect(agent.completions).toMatchObject([
      { workflow: "arn:checkout", input: { request: { token: { kind: "spt" } } } },
    ]);
    expect(JSON.stringify(agent.completions)).not.toContain("canary");
  });

  it("wants a payment where something is to be paid", async () => {
    const path = await agent.begun();
    await agent.call("POST", path, { buyer, fulfillment_details });
    expect(await agent.call("POST", `${path}/complete`, {})).toMatchObject({
      statusCode: 400,
      body: { type: "invalid_request", code: "missing", param: "$.payment_data" },
    });
  });
});

describe("headers", () => {
  it("come back on answers and on errors, and can't break out of their line", async () => {
    for (const body of [{ line_items }, {}]) {
      const { headers } = await agent.create(body, {
        headers: { "Request-Id": "req-1", "Idempotency-Key": `k-${JSON.stringify(body).length}` },
      });
      expect(headers["request-id"]).toBe("req-1");
      expect(headers["idempotency-key"]).toMatch(/^k-/);
      expect(headers["cache-control"]).toBe("no-store");
    }
    const { headers } = await agent.create(
      { line_items },
      { headers: { "Request-Id": "a\r\nSet-Cookie: b=c" } },
    );
    expect(JSON.stringify(headers)).not.toContain("Set-Cookie");
  });
});

describe("discovery", () => {
  it("is public, needs no version, may be cached and names no store", async () => {
    const answer = await agent.ask("/.well-known/acp.json");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("public, max-age=3600");
    expect(complaints("2026-04-17", "DiscoveryResponse", answer.body)).toEqual([]);
    expect(answer.body).toMatchObject({
      protocol: { name: "acp", version: "2026-04-17", supported_versions: ["2026-01-30", "2026-04-17"] },
      api_base_url: "https://agents.example",
    });
    expect(answer.text).not.toContain("Tea");
  });
});

it("nothing personal is logged", async () => {
  const path = await agent.begun();
  await agent.call("POST", path, { buyer, fulfillment_details });
  await agent.create({ line_items, buyer: { email: "canary-at-nowhere" } });
  expect(agent.platform.logged.length).toBeGreaterThan(0);
  expect(JSON.stringify(agent.platform.logged).toLowerCase()).not.toMatch(/canary|ada|berlin/);
});
