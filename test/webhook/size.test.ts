import { describe, expect, test } from "vitest";
import { catalogue } from "#events/catalogue.ts";
import { sampleOf, schemaOf } from "#events/json-schema.ts";
import { webhookKinds } from "#functions/webhook/kinds.ts";

const { standard } = webhookKinds({ acpBody: async () => undefined });

/** Longer than any id, name or code that we give. */
const long = "x".repeat(256);
const swollen = (value: unknown): unknown => {
  if (typeof value === "string") return long;
  if (typeof value === "number") return Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, swollen(each)]));
};

describe("an event's payload", () => {
  test.each(catalogue.map((definition) => [definition.type, definition] as const))(
    "%s stays under 20 kB, were each of its texts as long as can be",
    async (_, definition) => {
      const event = { ...sampleOf(definition), id: long, subject: long, data: swollen(definition.example) };
      const body = await standard.body(event as ReturnType<typeof sampleOf>);
      expect(Buffer.byteLength(body ?? "")).toBeLessThan(20_000);
      // A list would grow with what it lists, but for one of words that we have.
      const lists = JSON.stringify(schemaOf(definition)).replaceAll(
        /"type":"array","items":\{[^{}]*"enum"/g,
        "",
      );
      expect(lists).not.toContain('"type":"array"');
    },
  );
});
