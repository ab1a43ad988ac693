import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { fieldClassOf, findCardNumber } from "#functions/runtime/card-field.ts";
import type { FieldClass } from "#functions/runtime/card-number.ts";
import type { Route } from "#functions/runtime/route.ts";
import { tableNames } from "#functions/runtime/table.ts";
import { effort, seed } from "../effort.ts";
import { everyRoute } from "../every-route.ts";
import { type ApiCall, callApi } from "../fakes/api-event.ts";
import { memoryPlatform } from "../fakes/memory-platform.ts";
import { readTree } from "../infra/tree.ts";
import { environment, functions, servedBy } from "../simulation/cloud/deployment.ts";
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

const placesOf = (schema: z.ZodType | undefined): Step[][] =>
  schema
    ? placesIn(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema).filter(
        (path) => path.length > 0,
      )
    : [];

const places = everyRoute.flatMap(([, { body }]) => placesOf(body));

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

/** Every header that any of our code reads, so whatever may be kept or repeated. A license key is judged as one. */
const headersRead = [
  ...new Set(
    readTree("functions").flatMap(({ text }) =>
      [...text.matchAll(/\bheaders\["([a-z-]+)"\]|Header = "([a-z-]+)"/g)].map(
        ([, name, named]) => name ?? named ?? "",
      ),
    ),
  ),
].filter((name) => name !== "authorization");

type Placed = readonly [where: string, call: ApiCall];

/** A request for each place of a route that takes anything from outside, with this text there. */
const requestsOf = (route: Route, text: string): Placed[] => {
  const { method } = route;
  const path = route.path.replace(/\{[^}]+\}/g, "some");
  const names = route.path.match(/\{[^}]+\}/g) ?? [];
  const query = [...new Set(placesOf(route.query).map(([name]) => String(name))), "unknown"];
  const body = method === "GET" ? [] : placesOf(route.body);
  return [
    ...[...names, "/some$"].map((name): Placed => {
      const at = name === "/some$" ? `${path}/${encodeURIComponent(text)}` : "";
      return [`path ${name}`, { path: at || route.path.replace(name, encodeURIComponent(text)) }];
    }),
    ...query.map((name): Placed => [`query ${name}`, { path, query: { [name]: text } }]),
    ...[...headersRead, "x-unknown"].map(
      (name): Placed => [`header ${name}`, { path, headers: { [name]: text } }],
    ),
    ...body.map((place): Placed => [`body ${place.join(".")}`, { path, body: bodyWith(place, text) }]),
  ].map(([where, call]) => [where, { method, resource: route.path, ...call }]);
};

/** The façade as it is deployed, on memory; nothing is there behind the edge, so a card that passes it is a fault. */
const deployed = (route: Route) => {
  const platform = memoryPlatform({ environment });
  const handler = functions[servedBy(route.path)]?.wire(platform as never);
  if (!handler) throw new Error(`nothing serves ${route.path}`);
  const told: string[] = [];
  const call = async (asked: ApiCall) => {
    const answer = await callApi(handler, {
      ...asked,
      headers: { "api-version": "2026-04-17", ...asked.headers },
      ...(route.scope === "public" && { caller: null }),
    });
    told.push(JSON.stringify([answer.headers, answer.text]));
    return [answer.statusCode, (answer.body as { code?: string } | undefined)?.code];
  };
  const left = () =>
    JSON.stringify([told, platform.logged, tableNames.map((name) => platform.table.rows(name))]);
  return { call, left };
};

test("the headers that are read are found", () => {
  expect(headersRead).toEqual(
    expect.arrayContaining(["idempotency-key", "request-id", "customer-email", "audit-reason"]),
  );
});

test.each(everyRoute.filter(([, { raw }]) => !raw))(
  "%s refuses a card number in path, query, headers and body, and keeps, logs and repeats nothing of it",
  async (name, route) => {
    const { call, left } = deployed(route);
    const cards = fc.sample(groupedCard, { seed: seed(7_919), numRuns: effort(40, 20) });
    const refusals = cards.flatMap((card) =>
      requestsOf(route, card).map((placed) => [card, ...placed] as const),
    );
    for (const [card, where, asked] of refusals) {
      expect([where, card, await call(asked)]).toEqual([where, card, [422, "card_data_forbidden"]]);
    }
    const everything = left();
    expect(
      cards.filter((card) => everything.includes(card) || everything.includes(card.replace(/\D/g, ""))),
    ).toEqual([]);
    expect(refusals.length, name).toBeGreaterThan(headersRead.length);
  },
);
