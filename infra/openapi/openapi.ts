import { z } from "zod";
import type { Route, Routes } from "#functions/runtime/route.ts";
import type { Refusal } from "#functions/values/refusal.ts";
import { descriptionOf } from "./description.ts";
import { idempotencyKey } from "./parameters.ts";
import { type Names, type SchemaWriter, schemaWriter } from "./schemas.ts";

/** One host's routes by the heading that they stand under, and how it speaks beyond them. */
export type Api = {
  /** Where its document is published. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly routes: Readonly<Record<string, Routes>>;
  readonly errors: {
    readonly mediaType: string;
    readonly schema: z.ZodType;
    readonly statusOf: (refusal: Refusal) => number;
  };
  readonly parametersOf: (name: string, route: Route) => readonly Parameter[];
  readonly answerHeaders: Headers;
};

export type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
};
type Headers = Readonly<Record<string, object>>;

/** An OpenAPI 3.1 document: what every route of an API takes and answers, from the routes themselves. */
export const documentOf = (api: Api, names: Names) => {
  const listed = Object.entries(api.routes).flatMap(([tag, routes]) =>
    Object.entries(routes).map(([name, route]) => ({ tag, name, route })),
  );
  const schemas = schemaWriter(names, [
    api.errors.schema,
    ...listed.flatMap(({ route }) => Object.values(route.answers)),
  ]);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { tag, name, route } of listed) {
    const operation = operationOf(api, schemas, { tag, name, route });
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  const responses = errorsOf(api, schemas);
  return {
    openapi: "3.1.1",
    info: { title: api.title, version: "1", description: descriptionOf(api) },
    // Says each host for itself as it is deployed.
    servers: [{ url: "/" }],
    tags: Object.keys(api.routes).map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      responses,
      parameters: { "Idempotency-Key": idempotencyKey },
      headers: { ...quotaHeaders, ...api.answerHeaders, "Retry-After": retryAfter },
      securitySchemes: {
        licenseKey: {
          type: "http",
          scheme: "bearer",
          description:
            "A license key: `Authorization: Bearer lk_…`. Each operation names the scope that it must have.",
        },
      },
    },
  };
};
export type OpenApi = ReturnType<typeof documentOf>;

type Listed = { readonly tag: string; readonly name: string; readonly route: Route };

const operationOf = (api: Api, schemas: SchemaWriter, { tag, name, route }: Listed) => ({
  tags: [tag],
  operationId: name,
  ...toldOf(route),
  security: route.scope === "public" ? [] : [{ licenseKey: [route.scope] }],
  parameters: parametersOf(api, schemas, name, route),
  ...requestBodyOf(schemas, route),
  responses: {
    ...answersOf(api, schemas, route),
    ...(route.scope !== "public" && {
      401: { $ref: "#/components/responses/Unauthorized" },
      429: { $ref: "#/components/responses/TooManyRequests" },
    }),
    default: { $ref: "#/components/responses/Error" },
  },
});

/** A summary is one sentence of plain text; only a description is rendered, and has room for more. */
const toldOf = ({ summary, scope }: Route) => {
  const [first = summary, ...more] = summary.split(/(?<=\.) (?=[A-Z\d])/);
  const rest = [more.join(" "), scope === "public" ? "" : `Scope: \`${scope}\`.`].filter(
    (text) => text !== "",
  );
  return {
    summary: first.replaceAll("`", ""),
    ...(rest.length > 0 && { description: rest.join("\n\n") }),
  };
};

const parametersOf = (api: Api, schemas: SchemaWriter, name: string, route: Route) => {
  const keyed = route.method === "POST" && route.scope !== "public";
  return [
    ...fieldsOf("path", schemas, route.params),
    ...fieldsOf("query", schemas, route.query),
    ...api.parametersOf(name, route),
    ...(keyed ? [{ $ref: "#/components/parameters/Idempotency-Key" }] : []),
  ];
};

/** Each field of an object's schema is a parameter of its own. */
const fieldsOf = (
  where: "path" | "query",
  { write }: SchemaWriter,
  schema: z.ZodType | undefined,
): Parameter[] => {
  if (!schema) return [];
  if (!(schema instanceof z.ZodObject)) throw new Error(`parameters in the ${where} that are no object`);
  return Object.entries<z.ZodType>(schema.shape).map(([name, field]) => ({
    name,
    in: where,
    required: !field.safeParse(undefined).success,
    schema: write(field, "input"),
  }));
};

const requestBodyOf = ({ write }: SchemaWriter, { body, raw, scope, fromCsv }: Route) => {
  if (raw) return { requestBody: { required: true, content: { "application/json": { schema: {} } } } };
  if (!body || scope === "public") return {};
  const required = !body.safeParse(undefined).success;
  const csv = fromCsv && { "text/csv": { schema: { type: "string" } } };
  const content = { "application/json": { schema: write(body, "input") }, ...csv };
  return { requestBody: { required, content } };
};

const answersOf = (api: Api, { write }: SchemaWriter, { answers, scope, type, lines }: Route) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      {
        description: meanings[status] ?? "Done.",
        headers: refsTo({ ...(scope === "public" ? {} : { ...quotaHeaders, ...api.answerHeaders }) }),
        content: {
          [type ?? "application/json"]: { schema: write(schema, "output") },
          // OpenAPI 3.2 calls it `itemSchema`; 3.1 has no word for what a line is.
          ...(lines && {
            "application/jsonl": { schema: { type: "string" }, "x-itemSchema": write(lines, "output") },
          }),
        },
      },
    ]),
  );

const meanings: Readonly<Record<string, string>> = {
  200: "Done.",
  201: "Made.",
  202: "Accepted: it is not done yet.",
};

/** What is told instead; the table of codes stands in the description of the whole. */
const errorsOf = (api: Api, { write }: SchemaWriter) => {
  const content = { [api.errors.mediaType]: { schema: write(api.errors.schema, "output") } };
  const error = (description: string, headers: Headers = {}) => ({
    description,
    headers: refsTo({ ...headers, ...api.answerHeaders }),
    content,
  });
  return {
    Unauthorized: error("No license key, or none that is good."),
    TooManyRequests: error("Too much in a short time: come again after `Retry-After`.", {
      "Retry-After": retryAfter,
    }),
    Error: error(
      "Refused, or not possible now: `code` says why; 503 says in `Retry-After` when to come again.",
    ),
  };
};

const refsTo = (headers: Headers) =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const retryAfter = {
  description: "Seconds until the same request may be sent again.",
  schema: { type: "integer" },
};

/** Draft-ietf-httpapi-ratelimit-headers-10; absent where the gateway itself refuses, and where nobody could count. */
const quotaHeaders: Headers = {
  RateLimit: {
    description:
      "What is left to the calling principal, and when the next window begins. Absent where the request could not be counted.",
    schema: { type: "string", examples: ['"requests";r=599;t=42'] },
  },
  "RateLimit-Policy": {
    description:
      "How many requests a principal may make in a window of so many seconds. Absent with `RateLimit`.",
    schema: { type: "string", examples: ['"requests";q=600;w=60'] },
  },
};
