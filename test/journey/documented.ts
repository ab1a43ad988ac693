import { deepEqual } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import agentApi from "#functions/docs/agent-api.json" with { type: "json" };
import storeApi from "#functions/docs/store-api.json" with { type: "json" };
import type { Overheard } from "#infra/local/gateway.ts";
import { headerOf } from "#infra/local/proxy-event.ts";

/**
 * Holds all that passes the gateways against the APIs' documents, whoever asks: what was taken was documented, and so is
 * every answer, no field more. What was refused may be anything, the refusal is documented too.
 */
export const listenToJourneys = () => {
  const complaints = new Set<string>();
  return {
    overhear: (passed: Overheard): void => {
      for (const complaint of complaintsOf(passed)) complaints.add(complaint);
    },
    expectDocumented: (): void => deepEqual([...complaints], []),
  };
};

type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: object;
};
type Response = {
  readonly headers?: Readonly<Record<string, object>>;
  readonly content: Readonly<Record<string, object>>;
};
type Operation = {
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** An object that says what it may hold holds nothing else. */
const closed = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const same = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isOpen = same["type"] === "object" && same["properties"] && !("additionalProperties" in same);
  return isOpen ? { ...same, additionalProperties: false } : same;
};

const judgeOf = (document: unknown) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document as object, "asked").addSchema(closed(document) as object, "answered");
  return { document: document as Document, ajv };
};
type Judge = ReturnType<typeof judgeOf>;
const judges = { agent: judgeOf(agentApi), store: judgeOf(storeApi) };

/** `lacks`: headers that an answer may go without, which on a cloud that is well none does. */
export const complaintsOf = (passed: Overheard, lacks: readonly string[] = []): string[] => {
  const { api, route, asked, answered } = passed;
  const judge = judges[api.endsWith("-store-api") ? "store" : "agent"];
  const operation = judge.document.paths[route]?.[asked.method.toLowerCase()];
  const about = (text: string) => `${asked.method} ${route} ${answered.status}: ${text}`;
  if (!operation) return answered.status === 404 ? [] : [about("no such route is documented")];
  const taken = answered.status < 300;
  return [
    ...(taken ? askedOtherwise(judge, operation, passed) : []),
    ...answeredOtherwise(judge, operation, passed, lacks),
  ].map(about);
};

const askedOtherwise = (judge: Judge, operation: Operation, { route, asked }: Overheard): string[] => {
  const parameters = operation.parameters.map((each) => resolved<Parameter>(judge, each).found);
  const unknown = [...asked.query.keys()].filter((name) => !parameters.some((each) => each.name === name));
  const type = mediaTypeOf(headerOf(asked.rawHeaders, "content-type") ?? "application/json");
  const at = `asked#/paths/${pointer(route)}/${asked.method.toLowerCase()}/requestBody/content`;
  const body = operation.requestBody && (asked.body || operation.requestBody.required);
  return [
    ...parameters.flatMap((each) => complaintOf(judge, each, asked)),
    ...unknown.map((name) => `the query's ${name} is not documented`),
    ...(body
      ? bodyComplaints(judge, at, type, asked.body ?? "null").map((text) => `taken, but ${text}`)
      : []),
  ];
};

/** In a URL a number is text; what stands in the path was matched by the gateway. */
const complaintOf = ({ ajv }: Judge, parameter: Parameter, asked: Overheard["asked"]): string[] => {
  const { name, in: where, required, schema } = parameter;
  if (where === "path") return [];
  const given = where === "query" ? asked.query.get(name) : headerOf(asked.rawHeaders, name.toLowerCase());
  if (given === undefined || given === null) return required ? [`${name} is missing`] : [];
  const validate = ajv.compile(inDocument(schema));
  return validate(given) || validate(Number(given)) ? [] : [`${name} is not as documented`];
};

const answeredOtherwise = (
  judge: Judge,
  operation: Operation,
  { route, asked, answered }: Overheard,
  lacks: readonly string[],
) => {
  const status = answered.status in operation.responses ? answered.status : "default";
  if (status === "default" && answered.status < 300) return ["this success is not documented"];
  const here = `/paths/${pointer(route)}/${asked.method.toLowerCase()}/responses/${status}`;
  const { found, at = here } = resolved<Response>(judge, operation.responses[status] as Response);
  const headers = new Map(
    Object.entries(answered.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const type = mediaTypeOf(headers.get("content-type"));
  if (!(type in found.content)) return [`answers ${type}`];
  return [
    ...headersFor(found, answered.status).flatMap((name) =>
      headers.has(name) || lacks.includes(name) ? [] : [`${name} is missing`],
    ),
    ...bodyComplaints(judge, `answered#${at}/content`, type, answered.body.toString()),
  ];
};

/** A refusal may be the gateway's own, which counts nobody's requests. */
const headersFor = ({ headers = {} }: Response, status: number): readonly string[] => {
  if (status < 300) return Object.keys(headers).map((name) => name.toLowerCase());
  return status === 429 || status === 503 ? ["retry-after"] : [];
};

const mediaTypeOf = (header: string | undefined): string => header?.split(";")[0]?.trim().toLowerCase() ?? "";

/** JSON by its schema, JSON Lines line by line; of all other text the document says that it is text. */
const bodyComplaints = (judge: Judge, content: string, type: string, text: string): string[] => {
  const at = `${content}/${pointer(type)}`;
  if (type === "application/jsonl")
    return text
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => judged(judge, `${at}/x-itemSchema`, JSON.parse(line)));
  return judged(judge, `${at}/schema`, type.endsWith("json") ? JSON.parse(text) : text);
};

const judged = ({ ajv }: Judge, at: string, value: unknown): string[] => {
  const validate = ajv.getSchema(at);
  if (!validate) return [`nothing is documented at ${at}`];
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};

/** A parameter's schema refers to others of its document. */
const inDocument = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"asked#/components'));

const resolved = <Found>(judge: Judge, node: Found | { readonly $ref: string }) => {
  if (!(node && typeof node === "object" && "$ref" in node)) return { found: node as Found };
  const [, kind = "", name = ""] = /^#\/components\/(\w+)\/(.+)$/.exec(node.$ref) ?? [];
  return { found: judge.document.components[kind]?.[name] as Found, at: node.$ref.slice(1) };
};

const pointer = (key: string): string =>
  key.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
