import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { asyncApi } from "#events/asyncapi.ts";
import { eventTypes } from "#events/catalogue.ts";

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const published = read("events/asyncapi.json") as ReturnType<typeof asyncApi>;

describe("the AsyncAPI document", () => {
  test("is what the code says: npm run schemas writes it", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(asyncApi())));
  });

  test("is AsyncAPI 3", () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(read("node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"));
    expect(validate(published), JSON.stringify(validate.errors?.slice(0, 5))).toBe(true);
    expect(validate({ ...published, operations: { sendEvents: { action: "shout" } } })).toBe(false);
  });

  test("has every event of the catalogue on the channel, and no other", () => {
    expect(Object.keys(published.channels.webhooks.messages)).toEqual(eventTypes);
    expect(Object.keys(published.components.messages)).toEqual(eventTypes);
  });

  test.each(eventTypes)("%s: its example is valid by the schema that it refers to", (type) => {
    const { payload, examples } = published.components.messages[type]!;
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    ajv.addSchema(read(`events/schemas/${type}.json`), `schemas/${type}.json`);
    const validate = ajv.compile(payload.schema);
    expect(validate(examples[0]?.payload), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...examples[0]?.payload, timestamp: undefined })).toBe(false);
  });
});
