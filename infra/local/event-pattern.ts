import { type Json, type JsonObject, NotEmbedded } from "./aws.ts";

/** An event pattern: every named field must match one of its alternatives. */
export type Pattern = { readonly [field: string]: Pattern | readonly Alternative[] };
type Alternative = Json;

/** Whether an event (or a stream's or queue's record) fits, by EventBridge's rules. */
export const fits = (pattern: Pattern, event: Json | undefined): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    const given = isObject(event) ? event[field] : undefined;
    return Array.isArray(wanted) ? oneFits(wanted, given) : fits(wanted as Pattern, given);
  });

/** Throws for what is not known here, so that a rule fails at boot instead of matching nothing. */
export const assertKnown = (pattern: Pattern, where: string): void => {
  for (const wanted of Object.values(pattern)) {
    if (!Array.isArray(wanted)) assertKnown(wanted as Pattern, where);
    else for (const each of wanted) assertAlternative(each, where);
  }
};

const assertAlternative = (wanted: Alternative, where: string): void => {
  if (isObject(wanted) && Object.keys(wanted).some((name) => !tests[name]))
    throw new NotEmbedded(`${where} has a pattern with ${JSON.stringify(wanted)}`);
};

const oneFits = (wanted: readonly Alternative[], given: Json | undefined): boolean => {
  const values = Array.isArray(given) ? (given as readonly Json[]) : [given];
  return wanted.some((each) => values.some((value) => alternativeFits(each, value)));
};

const alternativeFits = (wanted: Alternative, value: Json | undefined): boolean => {
  if (!isObject(wanted)) return wanted === value;
  return Object.entries(wanted).every(([name, argument]) => tests[name]?.(value, argument) === true);
};

const tests: Readonly<Record<string, (value: Json | undefined, argument: Json) => boolean>> = {
  exists: (value, wanted) => (value !== undefined) === wanted,
  prefix: (value, prefix) => typeof value === "string" && value.startsWith(String(prefix)),
  suffix: (value, suffix) => typeof value === "string" && value.endsWith(String(suffix)),
  "equals-ignore-case": (value, text) => String(value).toLowerCase() === String(text).toLowerCase(),
  "anything-but": (value, unwanted) =>
    value !== undefined && !(Array.isArray(unwanted) ? unwanted : [unwanted]).includes(value),
};

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
