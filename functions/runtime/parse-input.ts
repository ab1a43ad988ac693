import type { z } from "zod";
import { Refusal } from "#functions/values/refusal.ts";
import { jsonPath } from "./json-path.ts";

/** What the schema makes of the input, or a refusal that names the first place where it does not fit. */
export const parseInput = <Output>(schema: z.ZodType<Output>, input: unknown): Output => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refusalOf(parsed.error.issues, input);
};

type Issue = z.core.$ZodIssue;

const refusalOf = (issues: readonly Issue[], input: unknown): Refusal => {
  const { path, message } = deepest(issues) ?? { path: [], message: "is not what was expected" };
  const param = jsonPath(path);
  const got = at(input, path);
  if (got === undefined) return new Refusal("missing", `${param} is missing.`, { param });
  return new Refusal("invalid", `${param}: ${wanted(message, got)}.`, { param });
};

/** In a union the branch that fits furthest tells most. */
const deepest = (issues: readonly Issue[]): { path: PropertyKey[]; message: string } | undefined => {
  const [issue] = issues;
  if (issue === undefined) return undefined;
  if (issue.code === "unrecognized_keys") {
    return { path: [...issue.path, ...issue.keys.slice(0, 1)], message: "this field is not known" };
  }
  if (issue.code !== "invalid_union") return issue;
  const branches = issue.errors.map(deepest).filter((branch) => branch !== undefined);
  const [best] = branches.sort((left, right) => right.path.length - left.path.length);
  return best && best.path.length > 0 ? { ...best, path: [...issue.path, ...best.path] } : issue;
};

const at = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Record<PropertyKey, unknown>)[name]
        : undefined,
    input,
  );

/** The kind of what we got, never the value: it may be personal. */
const wanted = (message: string, got: unknown): string => {
  // In a query a number is text, and zod tells what it made of it.
  const said = message.replace(/, received NaN$/, "");
  return said.includes("received") ? said : `${said}, got ${kindOf(got)}`;
};

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return `text of ${value.length} characters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};
