import type { JsonObject } from "#infra/local/aws.ts";
import type { Item } from "./item-size.ts";

/** Applies an update as `functions/runtime/expression.ts` writes it: `SET #n0 = :v0 REMOVE #n1, #n2 ADD #n3 :v1`. */
export const updated = (before: Item, request: JsonObject): Item => {
  const names = (request["ExpressionAttributeNames"] ?? {}) as Readonly<Record<string, string>>;
  const values = (request["ExpressionAttributeValues"] ?? {}) as Item;
  return partsOf(String(request["UpdateExpression"])).reduce((item, { verb, alias, value }) => {
    const name = names[alias] ?? alias;
    return verbs[verb](item, name, values[value] ?? {});
  }, before);
};

type Verb = "SET" | "REMOVE" | "ADD";

const verbs: Readonly<Record<Verb, (item: Item, name: string, value: JsonObject) => Item>> = {
  SET: (item, name, value) => ({ ...item, [name]: value }),
  REMOVE: (item, name) => Object.fromEntries(Object.entries(item).filter(([each]) => each !== name)),
  // A sum is about as long as what it was before.
  ADD: (item, name, value) => ({ [name]: value, ...item }),
};

const partsOf = (expression: string) =>
  [...expression.matchAll(/(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)/g)].flatMap(
    ([, verb, list = ""]) =>
      list.split(/,(?![^(]*\))/).map((part) => {
        const [alias = "", value = ""] = part.trim().split(/[ =]+/);
        return { verb: verb as Verb, alias, value };
      }),
  );
