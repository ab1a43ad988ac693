import type { z } from "zod";
import { Refusal } from "#functions/values/refusal.ts";
import { jsonPath } from "./json-path.ts";
import { wanted } from "./wanted.ts";

/** What the schema makes of the input, or a refusal that names the first place where it does not fit. */
export const parseInput = <Output>(schema: z.ZodType<Output>, input: unknown): Output => {
  const parsed = schema.safeParse(input, { error: wanted });
  if (parsed.success) return parsed.data;
  throw refusalOf(parsed.error.issues, input);
};

type Issue = z.core.$ZodIssue;

const refusalOf = (issues: readonly Issue[], input: unknown): Refusal => {
  const { path, message } = deepest(issues) ?? { path: [], message: "is not what was expected" };
  const param = jsonPath(path);
  const got = at(input, path);
  if (got === undefined)
    return new Refusal("missing", `${path.length > 0 ? param : "The request body"} is missing.`, { param });
  return new Refusal("invalid", `${param}: ${message}, got ${kindOf(got)}.`, { param });
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

/** Never the value: it may be personal. */
const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return `text of ${value.length} character${value.length === 1 ? "" : "s"}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};
