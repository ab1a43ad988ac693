import { beforeEach, describe, expect, it } from "vitest";
import type { Version } from "#functions/acp/version.ts";
import { idempotencyGuide } from "#functions/runtime/idempotency-key.ts";
import { type Agent, anAgent, buyer, line_items } from "./agent.ts";
import { complaints } from "./released.ts";

let agent: Agent;
beforeEach(async () => {
  agent = await anAgent();
});

describe("the same request again", () => {
  const twice = async (path: string, bodies: [unknown, unknown], version: Version = "2026-04-17") => {
    const headers = { "Idempotency-Key": "the-same", "API-Version": version };
    return [
      await agent.call("POST", path, bodies[0], { headers }),
      await agent.call("POST", path, bodies[1], { headers }),
    ] as const;
  };

  it("gets the same answer and says so, for a create and an update", async () => {
    const [first, second] = await twice("/checkout_sessions", [
      { line_items, currency: "eur" },
      { currency: "eur", line_items },
    ]);
    expect(second.statusCode).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers["idempotent-replayed"]).toBe("true");
    expect(first.headers["idempotent-replayed"]).toBeUndefined();
    const [once, again] = await twice(`/checkout_sessions/${first.body.id}`, [{ buyer }, { buyer }]);
    expect(again.body).toEqual(once.body);
  });

  it.each([
    ["2026-04-17", 422, "invalid_request"],
    ["2026-01-30", 409, "request_not_idempotent"],
  ] as const)("with another body is a conflict, by version: %s answers %i", async (version, status, type) => {
    const [, other] = await twice(
      "/checkout_sessions",
      [{ line_items }, { line_items, currency: "eur" }],
      version,
    );
    expect(other).toMatchObject({ statusCode: status, body: { type, code: "idempotency_conflict" } });
    expect(complaints(version, "Error", other.body)).toEqual([]);
  });

  it("null and absent are not the same body: the one clears, the other leaves", async () => {
    const path = await agent.begun();
    const [, other] = await twice(path, [{ buyer: null }, {}]);
    expect(other.body.code).toBe("idempotency_conflict");
  });

  it("needs its key, and says where to read about it", async () => {
    const answer = await agent.create({ line_items }, { headers: { "Idempotency-Key": "" } });
    expect(answer).toMatchObject({ statusCode: 400, body: { code: "idempotency_key_required" } });
    expect(JSON.stringify(answer.body)).toContain(idempotencyGuide);
  });

  it("takes a key of one character, as ACP does: it is no secret, and only its sender's own", async () => {
    const headers = { "Idempotency-Key": "1" };
    const first = await agent.create({ line_items }, { headers });
    expect(first.statusCode).toBe(201);
    expect((await agent.create({ line_items }, { headers })).body).toEqual(first.body);
  });
});
