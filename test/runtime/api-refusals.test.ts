import { describe, expect, it } from "vitest";
import { z } from "zod";
import { StockChanges } from "#functions/catalog/change-stock.ts";
import { ListFeed } from "#functions/catalog/list-feed.ts";
import { parseInput } from "#functions/runtime/parse-input.ts";
import { NewEndpoint } from "#functions/webhook/create-endpoint.ts";
import { type ApiCall, aCaller, callApi } from "../fakes/api-event.ts";
import { aBasket, aShop, create } from "./a-shop.ts";

const left = z.object({ kind: z.literal("left") });
const right = z.object({ kind: z.literal("right") });

const refusalOf = async (call: ApiCall) => {
  const shop = aShop();
  const answer = await callApi(shop.handler, call);
  expect(shop.commands).toEqual([]);
  const { code, param, detail } = answer.body as { code: string; param?: string; detail: string };
  return { status: answer.statusCode, code, ...(param === undefined ? {} : { param }), detail };
};

describe("an API", () => {
  it.each<[string, ApiCall, number, string, string?]>([
    ["broken JSON", create("{"), 400, "invalid_request"],
    ["text after the JSON", create("{} x"), 400, "invalid_request"],
    ["a key twice", create('{"lines":[],"lines":[{"id":"mug","quantity":1}]}'), 400, "invalid_request"],
    ["a key twice, once escaped", create('{"note":"a","n\\u006fte":"b"}'), 400, "invalid_request"],
    ["nesting beyond reason", create("[".repeat(17) + "]".repeat(17)), 400, "invalid_request"],
    ["a number that is not exact", create('{"extra":{"n":1e400}}'), 400, "invalid_request"],
    ["bytes that are no UTF-8", create(new Uint8Array([0x22, 0xff, 0x22])), 400, "invalid_request"],
    [
      "a form",
      create("a=b", { headers: { "Content-Type": "application/x-www-form-urlencoded" } }),
      415,
      "unsupported_media_type",
    ],
    ["no content type", create("{}", { headers: { "Content-Type": "" } }), 415, "unsupported_media_type"],
    [
      "another charset",
      create("{}", { headers: { "Content-Type": "application/json; charset=latin1" } }),
      415,
      "unsupported_media_type",
    ],
    ["64 kB and a byte", create(`"${"x".repeat(65_535)}"`), 413, "body_too_large"],
    ["no body", create(undefined), 422, "missing", "$"],
    ["a body that is null", create("null"), 422, "invalid", "$"],
    ["a missing field", create({}), 422, "missing", "$.lines"],
    ["a missing field deep down", create({ lines: [{ id: "mug" }] }), 422, "missing", "$.lines[0].quantity"],
    [
      "text for a number",
      create({ lines: [{ id: "mug", quantity: "2" }] }),
      422,
      "invalid",
      "$.lines[0].quantity",
    ],
    ["too many", create({ lines: [{ id: "mug", quantity: 100 }] }), 422, "invalid", "$.lines[0].quantity"],
    ["a fraction", create({ lines: [{ id: "mug", quantity: 1.5 }] }), 422, "invalid", "$.lines[0].quantity"],
    ["an unknown field", create({ ...aBasket, color: "red" }), 422, "invalid", "$.color"],
    [
      "an unknown field with a strange name",
      create({ ...aBasket, "it's": 1 }),
      422,
      "invalid",
      "$['it\\'s']",
    ],
    [
      "neither of two shapes",
      create({ ...aBasket, payment: { invoice: { days: "x" } } }),
      422,
      "invalid",
      "$.payment.invoice.days",
    ],
    [
      "a polluting key",
      create('{"lines":[{"id":"mug","quantity":1}],"__proto__":{"admin":true}}'),
      422,
      "invalid",
      "$.__proto__",
    ],
    [
      "no idempotency key",
      create(aBasket, { headers: { "Idempotency-Key": "" } }),
      400,
      "idempotency_key_required",
    ],
    [
      "a key of 256 characters",
      create(aBasket, { headers: { "Idempotency-Key": "k".repeat(256) } }),
      422,
      "invalid",
    ],
    ["a key with a line break", create(aBasket, { headers: { "Idempotency-Key": "a\nb" } }), 422, "invalid"],
    [
      "a query that does not fit",
      { path: "/baskets/bsk_a", query: { limit: "0" } },
      422,
      "invalid",
      "$.limit",
    ],
    ["an id of another kind", { path: "/baskets/ord_a" }, 404, "not_found"],
    ["an unknown path", { path: "/nowhere" }, 404, "not_found"],
    ["a path that inherits", { path: "/constructor" }, 404, "not_found"],
    ["an unknown method", { method: "DELETE", path: "/baskets/bsk_a" }, 405, "method_not_allowed"],
    [
      "a missing scope",
      create(aBasket, { caller: aCaller({ scopes: ["checkouts:read"] }) }),
      403,
      "forbidden",
    ],
    ["no caller", create(aBasket, { caller: null }), 401, "unauthorized"],
    [
      "a card number in the body",
      create({ ...aBasket, note: "4242 4242 4242 4242" }),
      422,
      "card_data_forbidden",
      "$.note",
    ],
    [
      "a card number as a number",
      create({ ...aBasket, extra: { n: 4_242_424_242_424_242 } }),
      422,
      "card_data_forbidden",
      "$.extra.n",
    ],
    [
      "a card number as a key",
      create({ ...aBasket, extra: { "4242424242424242": 1 } }),
      422,
      "card_data_forbidden",
      "$.extra",
    ],
    [
      "a card number in base64",
      create({ ...aBasket, note: btoa("pay with 4242424242424242 now") }),
      422,
      "card_data_forbidden",
      "$.note",
    ],
    ["a card number in the path", { path: "/baskets/4242424242424242" }, 422, "card_data_forbidden"],
    ["a card number in an unknown path", { path: "/4242%204242%204242%204242" }, 422, "card_data_forbidden"],
    [
      "a card number in the query",
      { path: "/baskets/bsk_a", query: { q: "4242424242424242" } },
      422,
      "card_data_forbidden",
    ],
    [
      "a card number in a header",
      { path: "/baskets/bsk_a", headers: { "X-Note": "4242424242424242" } },
      422,
      "card_data_forbidden",
    ],
  ])("refuses %s before any operation runs", async (_what, call, status, code, param) => {
    const { detail, ...refusal } = await refusalOf(call);
    expect(refusal).toEqual({ status, code, ...(param === undefined ? {} : { param }) });
    expect(detail).not.toMatch(/4242/);
  });

  it("says what it got by kind, never by value", async () => {
    const { detail } = await refusalOf(create({ lines: [{ id: "m".repeat(65), quantity: 1 }] }));
    expect(detail).toContain("text of 65 characters");
    expect(detail).not.toContain("mmm");
  });

  it.each([
    [ListFeed, { limit: "many" }, "$.limit: must be a number, got text of 4 characters."],
    [StockChanges, { changes: [7] }, "delta or onHand, got a number."],
    [NewEndpoint, { url: "https://tea.example/x", events: ["order.lost"] }, "order.*), or *, got text of 10"],
  ])(
    "says what it wants where one of several is wanted, and of a query what was sent",
    (schema, input, told) => {
      expect(() => parseInput(schema as z.ZodType, input)).toThrow(told);
    },
  );

  it.each([
    [z.object({}), undefined, "The request body is missing."],
    [z.object({}), [], "$: must be an object, got a list of 0."],
    [z.string(), null, "$: must be text, got null."],
    [z.int(), 1.5, "$: must be a whole number, got a number."],
    [z.int().positive(), 0, "$: must be more than 0, got a number."],
    [z.int().max(9), 10, "$: must be at most 9, got a number."],
    [z.string().min(2), "a", "$: must be at least 2 long, got text of 1 character."],
    [z.array(z.string()).max(1), ["a", "b"], "$: must be at most 1 long, got a list of 2."],
    [z.enum(["left", "right"]), "up", "$: must be left or right, got text of 2 characters."],
    [z.union([z.int(), z.literal("all")]), true, "$: must be a number, or must be all, got a boolean."],
    [z.url(), "a", "$: must be a URL, got text of 1 character."],
    [
      z.iso.datetime(),
      "a",
      "$: must be a time in UTC such as 2027-01-31T09:30:00Z, got text of 1 character.",
    ],
    [z.string().regex(/^x$/), "a", "$: must be text that matches /^x$/, got text of 1 character."],
    [z.string().refine(() => false), "a", "$: is not valid, got text of 1 character."],
    [
      z.discriminatedUnion("kind", [left, right]),
      { kind: 7 },
      "$.kind: must be left or right, got a number.",
    ],
  ])("says in its own words what a schema wants that has none (%#)", (schema, input, told) => {
    expect(() => parseInput(schema as z.ZodType, input)).toThrow(told);
  });
});
