import { describe, expect, it } from "vitest";
import { mergedContents } from "#functions/acp/contents-of.ts";
import { UpdateRequest } from "#functions/acp/request.ts";
import type { Contents } from "#functions/checkout/contents.ts";
import { parseInput } from "#functions/runtime/parse-input.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { aContact, aCoreAnswer } from "./fixtures.ts";

const before = async () => {
  const { opened } = await aCoreAnswer({
    notes: "Ring twice.",
    changes: { selectedOptionId: "express", discountCodes: ["TEN"] },
  });
  return opened;
};

const update = async (request: object): Promise<Contents> =>
  mergedContents(await before(), parseInput(UpdateRequest, request));

const unchanged: Contents = {
  lines: [{ productId: "shirt", quantity: 2 }],
  contact: aContact,
  selectedOptionId: "express",
  discountCodes: ["TEN"],
  notes: "Ring twice.",
};

describe("a partial update", () => {
  it("changes nothing when it says nothing", async () => {
    expect(await update({})).toEqual(unchanged);
  });

  const { buyer, delivery } = aContact;
  /** Each part: its request as null, what null makes of it, and a new value with what that makes of it. */
  it.each<[string, unknown, Partial<Contents>]>([
    ["line_items", [{ id: "hat" }], { lines: [{ productId: "hat", quantity: 1 }] }],
    ["items", [{ id: "hat", quantity: 4 }], { lines: [{ productId: "hat", quantity: 4 }] }],
    ["buyer", null, { contact: { buyer: undefined, delivery } }],
    [
      "buyer",
      { email: "new@example.com" },
      { contact: { buyer: { ...buyer, email: "new@example.com" }, delivery } },
    ],
    ["buyer", { phone_number: null }, { contact: { buyer: { ...buyer!, phone: undefined }, delivery } }],
    ["buyer", { first_name: "Grace" }, { contact: { buyer: { ...buyer!, firstName: "Grace" }, delivery } }],
    ["fulfillment_details", null, { contact: { buyer, delivery: undefined } }],
    ["fulfillment_details", {}, { contact: aContact }],
    [
      "fulfillment_details",
      { address: null },
      { contact: { buyer, delivery: { ...delivery, address: undefined } } },
    ],
    [
      "fulfillment_details",
      { name: null },
      { contact: { buyer, delivery: { ...delivery, name: undefined } } },
    ],
    [
      "fulfillment_details",
      { name: null, phone_number: null, email: null, address: null },
      { contact: { buyer, delivery: undefined } },
    ],
    ["selected_fulfillment_options", null, { selectedOptionId: undefined }],
    ["selected_fulfillment_options", [], { selectedOptionId: undefined }],
    ["selected_fulfillment_options", [{ option_id: "standard-us" }], { selectedOptionId: "standard-us" }],
    ["discounts", null, { discountCodes: [] }],
    ["discounts", { codes: null }, { discountCodes: [] }],
    ["discounts", { codes: [] }, { discountCodes: [] }],
    ["discounts", {}, { discountCodes: ["TEN"] }],
    ["discounts", { codes: ["FIVER"] }, { discountCodes: ["FIVER"] }],
    ["coupons", null, { discountCodes: [] }],
    ["coupons", ["FIVER"], { discountCodes: ["FIVER"] }],
    ["order_notes", null, { notes: undefined }],
    ["order_notes", "Knock.", { notes: "Knock." }],
  ])("of %s with %j changes that and nothing else", async (name, value, changes) => {
    expect(await update({ [name]: value })).toEqual({ ...unchanged, ...changes });
  });

  it("replaces an address whole: half of an old one would lead nowhere", async () => {
    const address = { line_one: "2 Road", city: "Berlin", country: "DE", postal_code: "10115" };
    expect((await update({ fulfillment_details: { address } })).contact.delivery).toEqual({
      ...delivery,
      address: {
        name: "Ada Lovelace",
        company: undefined,
        lineOne: "2 Road",
        lineTwo: undefined,
        city: "Berlin",
        state: "",
        country: "DE",
        postalCode: "10115",
      },
    });
  });

  it.each([
    ["a session without items", { line_items: null }, "invalid", "$.line_items"],
    ["no items at all", { line_items: [] }, "invalid", "$.line_items"],
    ["a buyer without an e-mail address", { buyer: { email: null } }, "missing", "$.buyer.email"],
    [
      "an option that is not offered",
      { selected_fulfillment_options: [{ option_id: "teleport" }] },
      "invalid",
      "$.selected_fulfillment_options[0].option_id",
    ],
    [
      "an item that is not in the session",
      { selected_fulfillment_options: [{ option_id: "express", item_ids: ["hat"] }] },
      "invalid",
      "$.selected_fulfillment_options[0].item_ids[0]",
    ],
  ])("refuses %s", async (_, request, code, param) => {
    const refusal = await update(request).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code, param });
  });
});
