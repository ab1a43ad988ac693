import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { catalogue, eventOf, eventTypes } from "#events/catalogue.ts";
import { toReasonCode } from "#events/facts.ts";
import { breakingChanges, sampleOf, schemaOf } from "#events/json-schema.ts";

const folder = new URL("../../events/schemas/", import.meta.url);
const published = (type: string) => JSON.parse(readFileSync(new URL(`${type}.json`, folder), "utf8"));
const byType = catalogue.map((definition) => [definition.type, definition] as const);

test.each(byType)("%s: the published schema is what the code says", (type, definition) => {
  expect(published(type)).toEqual(schemaOf(definition));
});

test("publishes a schema for each event and for nothing else", () => {
  expect(readdirSync(folder).sort()).toEqual(eventTypes.map((type) => `${type}.json`).sort());
});

test.each(byType)("%s: the sample is valid, also with a field of a later release", (type, definition) => {
  const validate = new Ajv2020({ strict: true }).compile(published(type));
  const sample = sampleOf(definition);
  expect(validate({ ...sample, data: { ...sample.data, later: 1 }, later: 1 })).toBe(true);
  expect(validate({ ...sample, data: undefined })).toBe(false);
});

test.each(byType)("%s: holds no field that could name a person", (type) => {
  const personal = /name|email|phone|address|line_?(one|two)|postal|city|note|message|token/i;
  expect(
    Object.keys(published(type).properties.data.properties).filter((field) => personal.test(field)),
  ).toEqual([]);
});

test("names each event once, as a noun and a past tense", () => {
  expect(new Set(eventTypes).size).toBe(eventTypes.length);
  for (const type of eventTypes) expect(type).toMatch(/^[a-z]+\.[a-z]+ed$/);
  expect(eventOf("order.placed")?.type).toBe("order.placed");
  expect(eventOf("order.teleported")).toBeUndefined();
});

const before = schemaOf(eventOf("order.canceled")!) as never as {
  properties: { data: { properties: Record<string, object>; required: string[] } };
};
const change = (edit: (data: { properties: Record<string, object>; required: string[] }) => void) => {
  const after = structuredClone(before);
  edit(after.properties.data);
  return breakingChanges(before, after);
};

test("a field that is added breaks nobody", () => {
  expect(
    change((data) => {
      data.properties["later"] = { type: "string" };
      data.required.push("later");
    }),
  ).toEqual([]);
});

test.each([
  ["removed", (data) => delete data.properties["reason"]],
  [
    "renamed",
    (data) => {
      data.properties["why"] = data.properties["reason"]!;
      delete data.properties["reason"];
    },
  ],
  ["made optional", (data) => data.required.splice(data.required.indexOf("reason"), 1)],
  ["of another type", (data) => Object.assign(data.properties, { total: { type: "string" } })],
  ["narrowed", (data) => Object.assign(data.properties["payment"]!, { enum: ["voided"] })],
  ["given a pattern", (data) => Object.assign(data.properties["currency"]!, { pattern: "^eur$" })],
] satisfies [string, Parameters<typeof change>[0]][])("a field that is %s is told as a breach", (_, edit) => {
  expect(change(edit)).not.toEqual([]);
});

test("keeps codes and hides everything else behind `other`", () => {
  expect(toReasonCode("card_declined")).toBe("card_declined");
  expect(toReasonCode("Jane Doe asked for it")).toBe("other");
  expect(toReasonCode(undefined)).toBe("other");
});
