import { describe, expect, it } from "vitest";
import { negotiate } from "#functions/acp/capabilities.ts";
import { contentsOf } from "#functions/acp/contents-of.ts";
import { AuthenticationResult, CompleteRequest } from "#functions/acp/payment-request.ts";
import { agentCapabilities, CancelRequest, CreateRequest, UpdateRequest } from "#functions/acp/request.ts";
import { Contents } from "#functions/checkout/contents.ts";
import { parseInput } from "#functions/runtime/parse-input.ts";
import { refusalOf } from "./refusal-of.ts";
import { multiItemExamples, officialExamples } from "./released.ts";

const create = (request: object) => contentsOf(parseInput(CreateRequest, request));

describe("the official examples of requests", () => {
  const schemas = [
    [/^create_.*request/, CreateRequest],
    [/^update_.*request$/, UpdateRequest],
    [/^cancel_.*request/, CancelRequest],
    [/^complete_(?!.*seller_backed).*request/, CompleteRequest],
    [/^authentication_result/, AuthenticationResult],
  ] as const;

  it.each(
    [...Object.entries(officialExamples), ...Object.entries(multiItemExamples)].flatMap(([name, example]) =>
      schemas.filter(([pattern]) => pattern.test(name)).map(([, schema]) => [name, schema, example] as const),
    ),
  )("%s is accepted", (_, schema, example) => {
    expect(() => parseInput<unknown>(schema, example)).not.toThrow();
  });

  it("but not a handler or a token that this store does not have", () => {
    const example = officialExamples["complete_checkout_session_request_seller_backed"];
    expect(refusalOf(() => parseInput(CompleteRequest, example))).toEqual({
      code: "invalid",
      param: "$.payment_data.handler_id",
    });
  });
});

describe("lines", () => {
  it.each([
    ["line_items with an id", { line_items: [{ id: "shirt" }] }, 1],
    ["line_items with a quantity", { line_items: [{ id: "shirt", quantity: 3 }] }, 3],
    ["line_items with a nested item", { line_items: [{ item: { id: "shirt" }, quantity: 3 }] }, 3],
    ["items, as the prose and older versions have it", { items: [{ id: "shirt", quantity: 3 }] }, 3],
    ["the same item twice", { line_items: [{ id: "shirt" }, { id: "shirt", quantity: 2 }] }, 3],
    ["null beside items", { line_items: null, items: [{ id: "shirt" }] }, 1],
    ["fields that nobody knows", { line_items: [{ id: "shirt", sparkle: true }], sparkle: {} }, 1],
  ])("accepts %s", (_, request, quantity) => {
    expect(create(request).lines).toEqual([{ productId: "shirt", quantity }]);
  });

  it.each([
    [{}, "missing", "$.line_items"],
    [{ line_items: [] }, "invalid", "$.line_items"],
    [{ line_items: {} }, "invalid", "$.line_items"],
    [{ line_items: [{}] }, "missing", "$.line_items[0].id"],
    [{ line_items: [{ id: 7 }] }, "invalid", "$.line_items[0].id"],
    [{ items: [{ id: "a", quantity: 0 }] }, "invalid", "$.items[0].quantity"],
    [{ line_items: [{ id: "a" }, { id: "b", quantity: -1 }] }, "invalid", "$.line_items[1].quantity"],
    [{ line_items: [{ id: "a", quantity: 1.5 }] }, "invalid", "$.line_items[0].quantity"],
    [{ line_items: [{ id: "a", quantity: "2" }] }, "invalid", "$.line_items[0].quantity"],
    [{ line_items: [{ id: "a", quantity: 1e12 }] }, "invalid", "$.line_items[0].quantity"],
    [{ line_items: [{ id: "a", quantity: 9_999 }, { id: "a" }] }, "invalid", "$.line_items[0].quantity"],
    [{ line_items: Array.from({ length: 41 }, (_, id) => ({ id: `p${id}` })) }, "invalid", "$.line_items"],
    [{ line_items: [{ id: "no such id!" }] }, "invalid_item_id", "$.line_items[0].id"],
    [{ items: [{ item: { id: "../x" } }] }, "invalid_item_id", "$.items[0].item.id"],
  ])("refuses %j", (request, code, param) => {
    expect(refusalOf(() => create(request))).toEqual({ code, param });
  });
});

const line_items = [{ id: "shirt" }];
const address = { name: "Ada", line_one: "1 Road", city: "Berlin", country: "DE", postal_code: "10115" };

describe("contact", () => {
  it("takes an address without a state and with a country in lower case, and the name from beside it", () => {
    const { name: _, ...nameless } = { ...address, country: "de" };
    const { contact } = create({ line_items, fulfillment_details: { name: "Ada", address: nameless } });
    expect(contact.delivery?.address).toMatchObject({ name: "Ada", state: "", country: "DE" });
  });

  it.each([
    [{ buyer: { first_name: "Ada" } }, "missing", "$.buyer.email"],
    [{ buyer: { email: "nobody" } }, "invalid", "$.buyer.email"],
    [{ buyer: "Ada" }, "invalid", "$.buyer"],
    [
      { fulfillment_details: { address: { ...address, country: "XX" } } },
      "invalid",
      "$.fulfillment_details.address.country",
    ],
    [
      { fulfillment_details: { address: { ...address, country: "Germany" } } },
      "invalid",
      "$.fulfillment_details.address.country",
    ],
    [
      { fulfillment_details: { address: { ...address, city: undefined } } },
      "missing",
      "$.fulfillment_details.address.city",
    ],
    [
      { fulfillment_details: { address: { ...address, name: undefined } } },
      "missing",
      "$.fulfillment_details.address.name",
    ],
    [{ currency: "euro" }, "invalid", "$.currency"],
    [{ currency: 7 }, "invalid", "$.currency"],
    [{ order_notes: "x".repeat(5_001) }, "invalid", "$.order_notes"],
    [{ discounts: { codes: "TEN" } }, "invalid", "$.discounts.codes"],
  ])("refuses %j", (request, code, param) => {
    expect(refusalOf(() => create({ line_items, ...request }))).toEqual({ code, param });
  });

  it("says nothing of what was sent when it refuses", () => {
    try {
      create({ line_items, buyer: { email: "secret-person" } });
    } catch (error) {
      expect(String(error)).not.toContain("secret-person");
    }
    expect.assertions(1);
  });
});

describe("what a session can do", () => {
  const negotiated = (capabilities: unknown, version: "2026-04-17" | "2026-01-30" = "2026-04-17") =>
    negotiate(version, agentCapabilities(parseInput(CreateRequest, { line_items, capabilities })));

  it("is what both sides know, whatever else the agent lists", () => {
    expect(
      negotiated({
        interventions: { supported: ["3ds", "telepathy", 7], display_context: "webview" },
        extensions: ["com.example.other", "discount@2026-01-27", { name: "x" }, null],
      }),
    ).toMatchObject({ extensions: ["discount"], interventions: ["3ds"] });
  });

  it("is nothing for an agent that says nothing", () => {
    for (const capabilities of [undefined, null, {}])
      expect(negotiated(capabilities)).toMatchObject({ extensions: [], interventions: [] });
  });

  it("leaves 3-D Secure out of 2026-01-30, whose schema wants the buyer's browser", () => {
    expect(negotiated({ interventions: { supported: ["3ds"] } }, "2026-01-30").interventions).toEqual([]);
  });
});

describe("discount codes", () => {
  it.each([
    [{ discounts: { codes: ["a", "b"] } }, ["a", "b"]],
    [{ coupons: ["c"] }, ["c"]],
    [{ discounts: { codes: ["a"] }, coupons: ["c"] }, ["a"]],
    [{ discounts: {}, coupons: ["c"] }, ["c"]],
    [{}, []],
  ])("of %j are %j", (request, codes) => {
    expect(create({ line_items, ...request }).discountCodes).toEqual(codes);
  });
});

describe("the selected option", () => {
  it.each([
    [[{ type: "shipping", option_id: "fast", item_ids: ["shirt"] }]],
    [[{ type: "shipping", option_id: "fast", item_ids: ["line_shirt"] }]],
    [[{ option_id: "fast" }]],
    [[{ type: "shipping", shipping: { option_id: "fast", item_ids: ["shirt"] } }]],
  ])("is found in %j", (selected_fulfillment_options) => {
    expect(create({ line_items, selected_fulfillment_options }).selectedOptionId).toBe("fast");
  });

  it.each([
    [[{ type: "shipping" }], "missing", "$.selected_fulfillment_options[0].option_id"],
    [[{ option_id: "a" }, { option_id: "b" }], "invalid", "$.selected_fulfillment_options[1].option_id"],
    [
      [{ option_id: "a", item_ids: ["shirt", "hat"] }],
      "invalid",
      "$.selected_fulfillment_options[0].item_ids[1]",
    ],
    [
      [{ shipping: { option_id: "a", item_ids: ["hat"] } }],
      "invalid",
      "$.selected_fulfillment_options[0].shipping.item_ids[0]",
    ],
  ])("is refused in %j", (selected_fulfillment_options, code, param) => {
    expect(refusalOf(() => create({ line_items, selected_fulfillment_options }))).toEqual({ code, param });
  });
});

it("what a request becomes is what the core believes in", () => {
  const contents = create({ ...(officialExamples["create_checkout_session_request"] as object) });
  expect(Contents.parse(contents)).toEqual(contents);
});
