import type { z } from "zod";

/** What was wanted, in the words of the other refusals, where a schema has none of its own. */
export const wanted: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_format":
      return `must be ${formats[issue.format] ?? `text that matches ${issue.pattern}`}`;
    case "too_small":
      return bounded(issue.origin, `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`);
    case "too_big":
      return bounded(issue.origin, `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`);
    case "invalid_union":
      return unionOf(issue);
    default:
      return "is not valid";
  }
};

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const formats: Readonly<Record<string, string>> = {
  url: "a URL",
  email: "an e-mail address",
  date: "a day such as 2027-01-31",
  datetime: "a time in UTC such as 2027-01-31T09:30:00Z",
};

const bounded = (origin: string, limit: string): string =>
  origin === "string" || origin === "array" ? `must be ${limit} long` : `must be ${limit}`;

const unionOf = (issue: {
  options?: unknown[];
  errors: readonly (readonly z.core.$ZodIssue[])[];
}): string => {
  if (issue.options?.length) return oneOf(issue.options);
  return [...new Set(issue.errors.flatMap(([first]) => first?.message ?? []))].join(", or ");
};

const oneOf = (values: readonly unknown[]): string => `must be ${values.map(String).join(" or ")}`;
