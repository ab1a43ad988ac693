import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { fieldClassOf, findCardNumber } from "#functions/runtime/card-field.ts";
import type { FieldClass } from "#functions/runtime/card-number.ts";
import { effort, seed } from "../effort.ts";
import { everyRoute } from "../every-route.ts";
import { cardNumber, groupedCard } from "./cards.ts";

type Step = string | 0;
type Schema = {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: Schema | boolean;
};

/** Every place of a body that may hold text or a number, and one under a name that the schema does not know. */
const placesIn = (schema: Schema, path: readonly Step[] = []): Step[][] => {
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [], additionalProperties } = schema;
  const members = Object.entries(properties);
  const found = [
    ...members.flatMap(([name, member]) => placesIn(member, [...path, name])),
    ...(items ? placesIn(items, [...path, 0]) : []),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((each) => placesIn(each, path)),
    ...(typeof additionalProperties === "object" ? placesIn(additionalProperties, [...path, "any"]) : []),
    ...(members.length > 0 ? [[...path, "unknown"]] : []),
  ];
  return found.length > 0 ? found : [[...path]];
};

const places = everyRoute
  .flatMap(([, { body }]) => (body ? [body] : []))
  .flatMap((body) => placesIn(z.toJSONSchema(body, { io: "input", unrepresentable: "any" }) as Schema))
  .filter((path) => path.length > 0);

const bodyWith = (path: readonly Step[], value: unknown): unknown =>
  path.reduceRight<unknown>((inner, step) => (step === 0 ? [inner] : { [step]: inner }), value);

/** How the field is judged: by its own name, or as a card's where it stands in one. */
const classOf = (path: readonly Step[]): FieldClass =>
  path.reduce<FieldClass>(
    (found, step) => (step === 0 || found === "card" ? found : fieldClassOf(step)),
    "text",
  );

/** From how many digits in one block a card is not allowed there; `card-number.ts` says why. */
const forbiddenFrom: Readonly<Record<FieldClass, number>> = { card: 0, text: 14, phone: 16, reference: 99 };

test("the walk finds the places of every body", () => {
  const names = places.map((path) => path.join("."));
  expect(names).toEqual(
    expect.arrayContaining(["buyer.email", "line_items.0.id", "products.0.title", "person", "reason"]),
  );
  expect(places.length).toBeGreaterThan(200);
});

test("no card number is accepted at any place of any route's body whose class forbids it", () => {
  const card = fc.oneof(
    cardNumber.map((text) => ({ text, isGrouped: false })),
    groupedCard.map((text) => ({ text, isGrouped: true })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), card, (path, { text, isGrouped }) => {
      const isForbidden = isGrouped || text.length >= forbiddenFrom[classOf(path)];
      const found = findCardNumber(bodyWith(path, text));
      if (isForbidden) expect(found).toMatch(/^\$/);
    }),
    { numRuns: effort(1_000_000), seed: seed(7_919) },
  );
});
