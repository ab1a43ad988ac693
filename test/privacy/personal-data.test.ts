import { expect, test } from "vitest";
import { z } from "zod";
import { Contact } from "#functions/checkout/contents.ts";
import { fieldClasses } from "#functions/privacy/envelope.ts";
import { personalData } from "#functions/privacy/personal-data.ts";

type Schema = { properties?: Record<string, Schema> };

const leaves = (schema: Schema, path = ""): string[] =>
  schema.properties
    ? Object.entries(schema.properties).flatMap(([name, each]) =>
        leaves(each, path ? `${path}.${name}` : name),
      )
    : [path];

test("every field of a contact is in the inventory, and the inventory names no field that is gone", () => {
  const stored = leaves(z.toJSONSchema(Contact, { io: "input" }) as Schema);
  const listed = personalData.filter((each) => each.sealedAs === "contact").map((each) => each.field);
  expect(listed.sort()).toEqual(stored.sort());
  expect(stored).toContain("delivery.address.postalCode");
});

test("every class that can be sealed is accounted for", () => {
  const listed = new Set(personalData.map((each) => each.sealedAs));
  expect(fieldClasses.filter((each) => !listed.has(each))).toEqual([]);
});

test("each field stands in the inventory once", () => {
  const names = personalData.map((each) => each.field);
  expect(new Set(names).size).toBe(names.length);
});
