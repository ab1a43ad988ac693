import { describe, expect, test } from "vitest";
import { recordRequest } from "#functions/audit/record-request.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import type { Answer, Routes } from "#functions/runtime/route.ts";
import { type Table, TableBusy } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type ApiCall, aCaller, callApi } from "#test/fakes/api-event.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

const orderId = `ord_${"0".repeat(26)}`;
const customerId = `cust_${"1".repeat(26)}`;

const routes = {
  show: {
    method: "GET",
    path: "/orders",
    scope: "orders:read",
    summary: "",
    recorded: { as: "order.read", with: "answer", ifScope: "customers:read" },
    answers: {},
  },
  plain: { method: "GET", path: "/products", scope: "products:read", summary: "", answers: {} },
  change: { method: "PUT", path: "/products", scope: "products:write", summary: "", answers: {} },
} as const satisfies Routes;

const anApi = (more: { table?: Partial<Table>; answer?: () => Promise<Answer> } = {}) => {
  const platform = memoryPlatform();
  const table = { ...platform.table, ...more.table };
  let done = 0;
  const answer =
    more.answer ?? (async () => ({ status: 200, body: { orders: [{ id: orderId, by: customerId }] } }));
  const operation = async () => {
    done += 1;
    return answer();
  };
  const handler = apiHandler(platform, {
    routes,
    operations: { show: operation, plain: operation, change: operation },
    protocol: problemDetails,
    recorder: recordRequest({ ...platform, table }),
  });
  return {
    call: (call: ApiCall = {}) => callApi(handler, { path: "/orders", requestId: "request-1", ...call }),
    records: () => platform.table.rows("audit"),
    done: () => done,
  };
};

test("a session that came to no order is somebody's too; one that did is named by its order", async () => {
  const [bought, left] = [`chk_${"0".repeat(26)}`, `chk_${"2".repeat(26)}`];
  const body = { orders: [{ id: orderId, checkoutId: bought }], sessions: [{ id: left }] };
  const api = anApi({ answer: async () => ({ status: 200, body }) });
  await api.call();
  expect(api.records()).toMatchObject([{ subjects: [orderId, left] }]);
});

const without = (scope: Caller["scopes"][number]): Caller =>
  aCaller({ scopes: aCaller().scopes.filter((each) => each !== scope) });
const support = aCaller({ role: "support" });

test("who is shown a person is on record: who, what, when, why, of whom, and by what right", async () => {
  const api = anApi();
  const answer = await api.call({ headers: { "Audit-Reason": "the buyer asked where it is" } });
  expect(answer.statusCode).toBe(200);
  const caller = aCaller();
  expect(api.records()).toEqual([
    expect.objectContaining({
      pk: caller.storeId,
      action: "order.read",
      actor: { role: "admin", principalId: caller.principalId, keyId: caller.keyId, requestId: "request-1" },
      at: expect.any(Number),
      reason: "the buyer asked where it is",
      decidedBy: "customers:read",
      about: { route: "GET /orders" },
      subjects: [orderId],
    }),
  ]);
});

test("nothing is shown that can't be put on record", async () => {
  const commit = () => Promise.reject(new TableBusy("busy"));
  const answer = await anApi({ table: { commit } }).call();
  expect([answer.statusCode, answer.text.includes(orderId)]).toEqual([503, false]);
});

test("who sees masked fields only, or was refused, is not on record", async () => {
  const api = anApi();
  await api.call({ caller: without("customers:read") });
  await api.call({ caller: without("orders:read") });
  await api.call({ path: "/products" });
  expect(api.records()).toEqual([]);
  const failing = anApi({ answer: () => Promise.reject(new Error("down")) });
  await failing.call();
  expect(failing.records()).toEqual([]);
});

describe("support is on record whatever it does:", () => {
  test("what it looks at", async () => {
    const api = anApi();
    await api.call({ path: "/products", caller: support });
    expect(api.records()).toMatchObject([
      { action: "support.request", decidedBy: "products:read", about: { route: "GET /products" } },
    ]);
  });

  test("what it changes, before it is changed", async () => {
    const api = anApi({ answer: () => Promise.reject(new Error("down")) });
    await api.call({ method: "PUT", path: "/products", caller: support });
    expect(api.records()).toMatchObject([{ action: "support.request", decidedBy: "products:write" }]);
    const commit = () => Promise.reject(new TableBusy("busy"));
    const unable = anApi({ table: { commit } });
    expect((await unable.call({ method: "PUT", path: "/products", caller: support })).statusCode).toBe(503);
    expect(unable.done()).toBe(0);
  });

  test("a person that it is shown, once", async () => {
    const api = anApi();
    await api.call({ caller: support });
    expect(api.records()).toMatchObject([{ action: "order.read", actor: { role: "support" } }]);
  });
});

describe("a reason is refused, and nothing shown, that", () => {
  test.each([
    ["names a person", "asked by jane.doe@example.com"],
    ["holds a card number", "paid by 4242 4242 4242 4242"],
    ["holds a license key", `for lk_live_${"a".repeat(61)}`],
    ["holds a secret", "with sk_test_51abcdef012345"],
    ["is too long", "x".repeat(501)],
    ["is empty", " "],
  ])("%s", async (_, reason) => {
    const api = anApi();
    const answer = await api.call({ headers: { "Audit-Reason": reason } });
    expect([answer.statusCode, api.done(), api.records()]).toEqual([422, 0, []]);
    expect(answer.text).not.toContain(reason.trim() || "nothing");
  });
});

test("a function whose route is to be on record is not made without who records it", () => {
  const operation = async () => ({ status: 200 });
  const api = { routes, operations: { show: operation, plain: operation, change: operation } };
  expect(() => apiHandler(memoryPlatform(), { ...api, protocol: problemDetails })).toThrow("/orders");
});
