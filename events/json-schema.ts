import { z } from "zod";
import { type EventDefinition, EventEnvelope } from "./define-event.ts";

/** What a reader may rely on, as published in `schemas/`. Unknown fields are allowed: a later release may add some. */
export const schemaOf = (definition: EventDefinition): Record<string, unknown> => ({
  title: definition.type,
  description: definition.means,
  ...z.toJSONSchema(
    z.object({ ...EventEnvelope.shape, type: z.literal(definition.type), data: definition.data }),
    {
      io: "input",
    },
  ),
  examples: [sampleOf(definition)],
});

/** A whole event as it travels, for documentation and tests. */
export const sampleOf = (definition: EventDefinition): EventEnvelope => {
  const subject = subjectOf(definition.example);
  return EventEnvelope.parse({
    id: `evt_${subject.replace(/[_:]/, "-")}_1`,
    type: definition.type,
    storeId: "store_01jdab3h8w9zq4t6vxk2m5n7pr",
    livemode: false,
    subject,
    version: 1,
    occurredAt: Date.UTC(2026, 10, 24, 12),
    data: definition.example,
  });
};

const subjectOf = (example: unknown): string => {
  const { orderId, checkoutId, endpointId, grantId, ...named } = example as Record<
    string,
    string | undefined
  >;
  const { keyId, domain, productId } = named;
  const text = (keyId && `key:${keyId}`) ?? (domain && `domain:${domain}`) ?? `product:${productId}`;
  return orderId ?? checkoutId ?? endpointId ?? grantId ?? text;
};

type Schema = { readonly [keyword: string]: unknown };

/**
 * What a reader of `before` could trip over in `after`: a field removed, renamed, made optional or of another
 * shape. New fields are no breach. It errs on the strict side: any other keyword that changes counts.
 */
export const breakingChanges = (before: Schema, after: Schema, path = "$"): string[] => [
  ...lostProperties(before, after, path),
  ...lostPromises(before, after, path),
  ...keywordsOf(before, after)
    .filter((keyword) => !sameJson(before[keyword], after[keyword]))
    .map((keyword) => `${path}: ${keyword} was ${text(before[keyword])}, is ${text(after[keyword])}`),
];

const lostProperties = (before: Schema, after: Schema, path: string): string[] => {
  const now = propertiesOf(after);
  return Object.entries(propertiesOf(before)).flatMap(([name, schema]) => {
    const next = now[name];
    return next === undefined
      ? [`${path}.${name} was removed`]
      : breakingChanges(schema, next, `${path}.${name}`);
  });
};

/** A field that was always there may not become optional. */
const lostPromises = (before: Schema, after: Schema, path: string): string[] =>
  listOf(before["required"])
    .filter((name) => !listOf(after["required"]).includes(name))
    .map((name) => `${path}.${String(name)} was always there, is optional`);

const ignored = new Set(["properties", "required", "title", "description", "examples", "$schema", "$id"]);
const keywordsOf = (before: Schema, after: Schema): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((keyword) => !ignored.has(keyword));

const propertiesOf = (schema: Schema) => (schema["properties"] ?? {}) as Record<string, Schema>;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => JSON.stringify(value) ?? "absent";
const sameJson = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
