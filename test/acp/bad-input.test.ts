import { beforeEach, describe, expect, it } from "vitest";
import { versions } from "#functions/acp/version.ts";
import { aCaller } from "#test/examples.ts";
import { type Agent, anAgent, line_items } from "./agent.ts";
import { complaints } from "./released.ts";

let agent: Agent;
beforeEach(async () => {
  agent = await anAgent();
});

describe("bad input gets a flat error and nothing stored", () => {
  it.each<[string, unknown, number, string, string | undefined]>([
    ["broken JSON", "{", 400, "invalid_request", undefined],
    ["no body", undefined, 400, "missing", "$"],
    ["no items", {}, 400, "missing", "$.line_items"],
    [
      "an unknown item",
      { line_items: [{ id: "mug-blue" }, { id: "unicorn" }] },
      400,
      "invalid_item_id",
      "$.line_items[1].id",
    ],
    [
      "an unknown nested item",
      { items: [{ item: { id: "unicorn" } }] },
      400,
      "invalid_item_id",
      "$.items[0].item.id",
    ],
    [
      "a quantity of 0",
      { line_items: [{ id: "mug-blue", quantity: 0 }] },
      400,
      "invalid",
      "$.line_items[0].quantity",
    ],
    ["another currency", { line_items, currency: "usd" }, 400, "currency_mismatch", "$.currency"],
    ["too much of it", { line_items, order_notes: "x".repeat(70_000) }, 413, "body_too_large", undefined],
    [
      "a card number",
      { line_items, order_notes: "4242 4242 4242 4242" },
      422,
      "card_data_forbidden",
      undefined,
    ],
  ])("%s", async (_, body, status, code, param) => {
    const stored = JSON.stringify(agent.platform.table.rows("commerce"));
    const answer = await agent.create(body);
    expect(answer).toMatchObject({ statusCode: status, body: { type: "invalid_request", code } });
    if (param) expect(answer.body.param).toBe(param);
    expect(complaints("2026-04-17", "Error", answer.body)).toEqual([]);
    expect(JSON.stringify(agent.platform.table.rows("commerce"))).toBe(stored);
  });

  it("another content type", async () => {
    const answer = await agent.create({ line_items }, { headers: { "Content-Type": "text/plain" } });
    expect(answer).toMatchObject({ statusCode: 415, body: { code: "unsupported_media_type" } });
  });

  it.each(["chk_00000000000000000000000000", "ord_00000000000000000000000001", "..%2f..", "x"])(
    "a session that is not there, named %s",
    async (id) => {
      const answer = await agent.call("GET", `/checkout_sessions/${id}`);
      expect(answer).toMatchObject({ statusCode: 404, body: { type: "invalid_request", code: "not_found" } });
    },
  );

  it("another agent's session is not there either, in the same words", async () => {
    const path = await agent.begun();
    const stranger = aCaller({ principalId: "prn_00000000000000000000000009" });
    const theirs = await agent.call("GET", path, undefined, { caller: stranger });
    const nobodys = await agent.call("GET", "/checkout_sessions/chk_00000000000000000000000000");
    expect(theirs.statusCode).toBe(404);
    expect(theirs.body).toEqual(nobodys.body);
  });

  it("a key that may not write", async () => {
    const answer = await agent.create({ line_items }, { caller: aCaller({ scopes: ["checkouts:read"] }) });
    expect(answer).toMatchObject({ statusCode: 403, body: { type: "invalid_request", code: "forbidden" } });
  });

  it("a store without a verified domain", async () => {
    agent = await anAgent({ verifiedDomains: [] });
    expect(await agent.create({ line_items })).toMatchObject({
      statusCode: 403,
      body: { code: "domain_not_verified" },
    });
  });

  it.each([
    [undefined, "missing_api_version"],
    ["2024-01-01", "unsupported_api_version"],
  ])("API-Version %s", async (version, code) => {
    const answer = await agent.create({ line_items }, { headers: { "API-Version": version ?? "" } });
    expect(answer).toMatchObject({ statusCode: 400, body: { code, supported_versions: [...versions] } });
  });
});
