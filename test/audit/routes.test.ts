import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Action } from "#functions/audit/audit.ts";
import { personalData } from "#functions/privacy/personal-data.ts";
import type { Route } from "#functions/runtime/route.ts";
import { Scope } from "#functions/values/scope.ts";
import { everyRoute } from "#test/every-route.ts";

const routes = everyRoute.map(([, route]) => [`${route.method} ${route.path}`, route] as [string, Route]);

/** Who may see people or the rules of access, and who may change anything but a session that is its own. */
const privileged: readonly (Scope | "public")[] = [
  "customers:read",
  "keys:read",
  "audit:read",
  ...Scope.options.filter((scope) => scope.endsWith(":write") && scope !== "checkouts:write"),
];

/** What somebody is known by, as the inventory of personal data names it. */
const personal = new Set(
  personalData
    .filter(({ sealedAs }) => sealedAs === "contact" || sealedAs === "notes")
    .flatMap(({ field }) => field.split(".").slice(0, 1)),
);

const fieldsIn = (schema: unknown): string[] => {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(fieldsIn)];
};
const shows = ({ answers }: Route): string[] =>
  Object.values(answers).flatMap((answer) =>
    fieldsIn(z.toJSONSchema(answer, { io: "output", unrepresentable: "any" })).filter((name) =>
      personal.has(name),
    ),
  );

/** An agent that reads the session that it made itself is nobody else's look. */
const isOwnSession = ({ scope }: Route) => scope === "checkouts:read" || scope === "checkouts:write";

const sensitive = routes.filter(
  ([, route]) => privileged.includes(route.scope) || (shows(route).length > 0 && !isOwnSession(route)),
);

test("the walk sees routes, and what their answers show", () => {
  expect(routes.length).toBeGreaterThan(20);
  expect([...personal]).toEqual(expect.arrayContaining(["buyer", "delivery", "notes"]));
  expect(sensitive.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      "GET /audit_events",
      "GET /orders",
      "GET /orders/{id}",
      "GET /orders/{id}/disputes",
    ]),
  );
});

describe.each(sensitive)("%s", (_, { recorded, unrecorded, method }) => {
  test("is on record, or says why not", () => {
    expect(Boolean(recorded) !== Boolean(unrecorded)).toBe(true);
    if (unrecorded) expect(unrecorded.length).toBeGreaterThan(20);
  });

  test("by an act that the audit knows; what only shows, before it is shown", () => {
    if (!recorded) return;
    expect(Action.options).toContain(recorded.as);
    if (method === "GET") expect(recorded.with).toBe("answer");
  });
});
