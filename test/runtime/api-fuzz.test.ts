import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "#functions/runtime/problem.ts";
import { effort, seed } from "../effort.ts";
import { callApi } from "../fakes/api-event.ts";
import { aBasket, aShop } from "./a-shop.ts";

const strangeNames = ["__proto__", "constructor", "toString", "lines", "0", "", "lines[0].id", "$"];
const strangeJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, -0, 1e308, 0.1, "", "\u0000", "\ud800", 2 ** 53, "4242424242424242"),
    fc.string(),
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...strangeNames), fc.string()), tie("value"), { maxKeys: 4 }),
  ),
})).value;

const bent = fc
  .tuple(fc.constantFrom("lines", "note", "extra", "phone", "payment"), strangeJson)
  .map(([name, value]) => ({ ...aBasket, [name]: value }));

const body = fc.oneof(
  strangeJson.map((value) => JSON.stringify(value) ?? ""),
  bent.map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }),
  fc.constant(undefined),
);

const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom("Content-Type", "Idempotency-Key", "constructor", "X-Card"),
    fc.string({ minLength: 1 }),
  ),
  fc.oneof(fc.constantFrom("application/json", "text/html", "key"), fc.string({ unit: "binary" })),
  { maxKeys: 4 },
);

const call = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
  path: fc.oneof(
    fc.constantFrom("/baskets", "/baskets/bsk_a", "/baskets/bsk_a/cancel", "/open", "/%", "/baskets/%ff"),
    fc.webPath().map((path) => path || "/"),
    fc.string().map((text) => `/${text}`),
  ),
  headers,
  query: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 }),
  body,
});

describe("an API", () => {
  it("answers whatever is sent with 2xx or a problem of the caller's, and keeps its head", async () => {
    const shop = aShop();
    const promise = fc.asyncProperty(call, async (sent) => {
      const answer = await callApi(shop.handler, sent);
      if (answer.statusCode === 200) return;
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.statusCode).toBeLessThan(500);
      const problem = Problem.parse(answer.body);
      expect(problem.status).toBe(answer.statusCode);
      expect(answer.text).not.toMatch(/ {4}at |node_modules|\.ts:\d|4242424242424242/);
      expect(answer.headers).toMatchObject({
        "content-type": "application/problem+json",
        "cache-control": "no-store",
      });
    });
    await fc.assert(promise, { numRuns: effort(200_000), seed: seed(7_919) });
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
    expect(shop.platform.logged.filter((entry) => entry.level === "error")).toEqual([]);
  });
});
