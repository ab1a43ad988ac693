import { describe, expect, it } from "vitest";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { ConditionFailed, TableBusy } from "#functions/runtime/table.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { aCaller, callApi } from "../fakes/api-event.ts";
import { aContext } from "../fakes/memory-platform.ts";
import { aBasket, aShop, create, type routes } from "./a-shop.ts";

/** How the log calls who asked. */
const { keyId, principalId, storeId } = aCaller();
const who = { keyId, principalId, storeId };

describe("an API", () => {
  it("gives the operation the caller, the parsed input and the facts of the request", async () => {
    const shop = aShop();
    const headers = { "X-Trace": "abc", "Idempotency-Key": "key-7" };
    const answer = await callApi(shop.handler, create(aBasket, { headers }));
    expect(answer).toMatchObject({ statusCode: 200, body: { ok: true } });
    const [command] = shop.commands;
    expect(command).toMatchObject({ caller: aCaller(), params: undefined, query: undefined, body: aBasket });
    expect(command?.request).toMatchObject({ requestId: "request-1", headers: { "x-trace": "abc" } });
    expect(command?.request.deadline).toBe(shop.platform.now() + aContext().getRemainingTimeInMillis());
    expect(command?.request.idempotency).toMatchObject({
      scope: "prn_00000000000000000000000001 POST /baskets",
      key: sha256("key-7"),
    });
  });

  it("parses path and query, and leaves out the body where there is none", async () => {
    const shop = aShop();
    await callApi(shop.handler, { path: "/baskets/bsk_a", query: { limit: "7" } });
    await callApi(shop.handler, { path: "/baskets/bsk_a/" });
    await callApi(shop.handler, { method: "POST", path: "/baskets/bsk_a/cancel" });
    expect(shop.commands[0]).toMatchObject({
      params: { basket_id: "bsk_a" },
      query: { limit: 7 },
      body: undefined,
    });
    expect(shop.commands[1]).toMatchObject({ params: { basket_id: "bsk_a" }, query: { limit: 10 } });
    expect(shop.commands[2]?.request.idempotency?.scope).toMatch(/POST \/baskets\/bsk_a\/cancel$/);
  });

  it("has no caller and wants no idempotency key on a public route", async () => {
    const shop = aShop();
    expect((await callApi(shop.handler, { path: "/open", caller: null })).statusCode).toBe(200);
    expect(shop.commands[0]?.caller).toBeUndefined();
    expect(shop.commands[0]?.request.idempotency).toBeUndefined();
  });

  it("types the caller of a public route as nobody", () => {
    const open: Operation<(typeof routes)["open"]> = async ({ caller }) => {
      const nobody: undefined = caller;
      return { status: 200, body: nobody };
    };
    expect(open).toBeTypeOf("function");
  });

  it("reads a body that API Gateway encoded", async () => {
    const shop = aShop();
    const body = { ...aBasket, note: "grüße" };
    await callApi(shop.handler, create(new TextEncoder().encode(JSON.stringify(body))));
    expect(shop.commands[0]?.body).toEqual(body);
  });

  it("knows equal bodies by meaning and by bytes", async () => {
    const shop = aShop();
    await callApi(shop.handler, create('{"lines":[{"id":"mug","quantity":2}]}'));
    await callApi(shop.handler, create('{"lines": [{"quantity": 2.0, "id": "mug"}]}'));
    const [first, second] = shop.commands.map((command) => command.request.idempotency);
    expect(second?.canonical).toBe(first?.canonical);
    expect(second?.raw).not.toBe(first?.raw);
  });

  it("takes an idempotency key with and without the draft's quotes for the same", async () => {
    const shop = aShop();
    for (const key of ["k-1", '"k-1"', '"a\\"b"']) {
      await callApi(shop.handler, create(aBasket, { headers: { "Idempotency-Key": key } }));
    }
    expect(shop.commands.map((command) => command.request.idempotency?.key)).toEqual(
      ["k-1", "k-1", 'a"b'].map(sha256),
    );
  });

  it("answers for the asker only, in exactly its content type", async () => {
    const shop = aShop(() => ({ status: 201, body: {}, headers: { Location: "/x\r\nSet-Cookie: a=b" } }));
    expect((await callApi(shop.handler, create(aBasket))).headers).toEqual({
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      location: "/xSet-Cookie: a=b",
    });
    const empty = await callApi(aShop(() => ({ status: 204 })).handler, create(aBasket));
    expect(empty).toMatchObject({ statusCode: 204, text: "" });
    expect(empty.headers).not.toHaveProperty("content-type");
  });

  it("takes any JSON content type and 64 kB", async () => {
    const shop = aShop();
    const note = "x".repeat(400);
    const padding = " ".repeat(64 * 1_024 - JSON.stringify({ ...aBasket, note }).length);
    const headers = { "Content-Type": 'Application/JSON; charset="UTF-8"' };
    const answer = await callApi(
      shop.handler,
      create(JSON.stringify({ ...aBasket, note }) + padding, { headers }),
    );
    expect(answer.statusCode).toBe(200);
  });

  it("does not take a random idempotency key or license key for a card number", async () => {
    const shop = aShop();
    const headers = { "Idempotency-Key": "4242424242424242", Authorization: "Bearer 4242424242424242" };
    expect((await callApi(shop.handler, create(aBasket, { headers }))).statusCode).toBe(200);
  });

  it("tells a refusal of the operation in the protocol's words", async () => {
    const shop = aShop(() => {
      throw new Refusal("rate_limited", "Slow down.", { retryAfterSeconds: 7 });
    });
    const answer = await callApi(shop.handler, create(aBasket));
    expect(answer).toMatchObject({ statusCode: 429, headers: { "retry-after": "7" } });
    expect(answer.body).toEqual({
      type: "urn:problem-type:rate_limited",
      title: "Too many requests",
      status: 429,
      detail: "Slow down.",
      instance: "urn:request:request-1",
      code: "rate_limited",
    });
    expect(answer.headers["content-type"]).toBe("application/problem+json");
  });

  it.each([
    ["lost race", new ConditionFailed([]), 409, "conflict"],
    ["busy table", new TableBusy("busy"), 503, "temporarily_unavailable"],
  ])("tells a %s as something to repeat", async (_what, error, status, code) => {
    const answer = await callApi(aShop(() => Promise.reject(error)).handler, create(aBasket));
    expect(answer).toMatchObject({ statusCode: status, body: { code } });
  });

  it("tells nothing of a fault and logs it once", async () => {
    const fault = new Error("select * from secrets where card = 'x'");
    const shop = aShop(() => Promise.reject(fault));
    const answer = await callApi(shop.handler, create(aBasket));
    expect(answer.statusCode).toBe(500);
    expect(answer.text).not.toMatch(/secret|select|at /);
    const errors = shop.platform.logged.filter((entry) => entry.level === "error");
    expect(errors).toEqual([
      {
        level: "error",
        message: "request failed",
        error: fault,
        fields: { requestId: "request-1", route: "POST /baskets", ...who },
      },
    ]);
  });

  it("logs each decision by the key's public id, whether it lets a request through or not", async () => {
    const shop = aShop();
    await callApi(shop.handler, create(aBasket));
    await callApi(shop.handler, create(aBasket, { caller: aCaller({ scopes: ["checkouts:read"] }) }));
    const asked = { requestId: "request-1", route: "POST /baskets", ...who };
    expect(shop.platform.logged).toEqual([
      { level: "info", message: "request allowed", fields: { ...asked, scope: "checkouts:write" } },
      { level: "info", message: "request refused", fields: { ...asked, code: "forbidden" } },
    ]);
  });

  it("answers before its function is cut off", async () => {
    const shop = aShop(() => new Promise(() => {}));
    const call = callApiWithin(shop.handler, 210);
    expect(await call).toMatchObject({ statusCode: 500 });
  });

  it("lets the protocol refuse early and finish every answer", async () => {
    const shop = aShop(undefined, {
      before: ({ headers }) => {
        if (!headers["api-version"]) throw new Refusal("missing_api_version", "Send API-Version.");
      },
      refused: (refusal) => ({ status: 400, body: { code: refusal.code } }),
      fault: () => ({ status: 500 }),
      finish: (answer, { requestId }) => ({
        ...answer,
        headers: { ...answer.headers, "request-id": requestId },
      }),
    });
    const refused = await callApi(shop.handler, create("{"));
    expect(refused).toMatchObject({ statusCode: 400, body: { code: "missing_api_version" } });
    expect(refused.headers["request-id"]).toBe("request-1");
    const answered = await callApi(shop.handler, create(aBasket, { headers: { "API-Version": "1" } }));
    expect(answered).toMatchObject({ statusCode: 200, headers: { "request-id": "request-1" } });
  });
});

const callApiWithin = async (handler: Parameters<typeof callApi>[0], milliseconds: number) =>
  callApi((event) => handler(event, aContext(milliseconds)), create(aBasket));
