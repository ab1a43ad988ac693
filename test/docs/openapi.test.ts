import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "#infra/bundle.ts";
import { agentApi, storeApi } from "#infra/openapi/apis.ts";
import { documentOf, type OpenApi } from "#infra/openapi/openapi.ts";
import { schemaNames } from "#infra/openapi/schema-names.ts";
import type { Names } from "#infra/openapi/schemas.ts";
import { everyRoute } from "#test/every-route.ts";
import { resourcesOf, type Template, templatesOf } from "#test/infra/synthesized.ts";
import { clientFile, makeClient } from "#test/journey/store-api/make-client.ts";

const apis = [
  ["agent-api", agentApi],
  ["store-api", storeApi],
] as const;

let names: Names;
beforeAll(async () => {
  names = await schemaNames();
});

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly { readonly licenseKey?: readonly string[] }[];
};
const operationsIn = ({ paths }: Pick<OpenApi, "paths">): [string, Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) =>
        [`${method.toUpperCase()} ${path}`, operation as Operation] as [string, Operation],
    ),
  );

describe.each(apis)("the document of the %s", (stack, api) => {
  const published = JSON.parse(readFileSync(join(projectRoot, api.file), "utf8")) as OpenApi;

  test("is what the routes say: npm run schemas writes it", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(documentOf(api, names))));
  });

  test("is OpenAPI 3.1, every reference led somewhere", async () => {
    expect(await new Validator().validate(structuredClone(published))).toMatchObject({ valid: true });
    for (const [, path = ""] of JSON.stringify(published).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = path
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], published);
      expect(found, path).toBeTypeOf("object");
    }
  });

  test("has every route that is deployed, by its operation's name, and no other", () => {
    expect(
      operationsIn(published)
        .map(([asked, { operationId }]) => `${operationId} ${asked}`)
        .sort(),
    ).toEqual(methodsOf(templatesOf("prod")[stack]).sort());
  });

  test("sums each operation up in one sentence of plain text", () => {
    for (const [asked, { summary }] of operationsIn(published))
      expect(summary, asked).toMatch(/^(?!.*\. [A-Z\d])[^`]{4,129}\.$/);
  });

  test("shows what a time looks like, and no calendar or bound that says nothing", () => {
    const text = JSON.stringify(published);
    for (const [, rest] of text.matchAll(/"format":"date(?:-time)?"([^{}]*)/g))
      expect(rest).toMatch(/^(,"pattern":"Z\$")?,"examples":\["2027-01-31/);
    expect(text).not.toContain("02-29");
    expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  test("has no schema twice, and none that nobody refers to", () => {
    const written = Object.entries(published.components.schemas);
    const texts = written.map(([, schema]) => JSON.stringify(schema)).filter((text) => text.length > 200);
    expect(new Set(texts).size).toBe(texts.length);
    const unused = written.filter(
      ([name]) => !JSON.stringify(published).includes(`"#/components/schemas/${name}"`),
    );
    expect(unused.map(([name]) => name)).toEqual([]);
  });
});

test("the client that journeys use is what the store API's document makes: npm run schemas writes it", async () => {
  expect(readFileSync(join(projectRoot, clientFile), "utf8")).toBe(await makeClient());
});

test("every route names the scope that it wants", () => {
  const wanted = apis.flatMap(([, api]) =>
    operationsIn(documentOf(api, names) as Pick<OpenApi, "paths">).map(
      ([, { operationId, security }]) => [operationId, security?.[0]?.licenseKey?.[0] ?? "public"] as const,
    ),
  );
  const scopes = new Map(wanted);
  for (const [name, { scope }] of everyRoute) expect(scopes.get(name), name).toBe(scope);
});

/** `operation METHOD /path` of every method of a template's API. */
const methodsOf = ({ Resources: all }: Template): string[] => {
  const resources = resourcesOf({ Resources: all }, "AWS::ApiGateway::Resource");
  const pathOf = (id: { readonly Ref?: string }): string => {
    const found = resources.find(([name]) => name === id.Ref);
    if (!found) return "";
    const { ParentId, PathPart } = found[1].Properties as { ParentId: { Ref?: string }; PathPart: string };
    return `${pathOf(ParentId)}/${PathPart}`;
  };
  return resourcesOf({ Resources: all }, "AWS::ApiGateway::Method").map(([, { Properties }]) => {
    const { OperationName, HttpMethod, ResourceId } = Properties as {
      OperationName: string;
      HttpMethod: string;
      ResourceId: { Ref?: string };
    };
    return `${OperationName} ${HttpMethod} ${pathOf(ResourceId) || "/"}`;
  });
};
