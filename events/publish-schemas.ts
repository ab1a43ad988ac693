import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { asyncApi } from "./asyncapi.ts";
import { catalogue } from "./catalogue.ts";
import { breakingChanges, schemaOf } from "./json-schema.ts";

/** Run by hand after an event gained a field: writes `schemas/` and `asyncapi.json`, and refuses what would break a reader. */
const fileOf = (type: string): URL => new URL(`./schemas/${type}.json`, import.meta.url);

const breaches = catalogue.flatMap((definition) => {
  const file = fileOf(definition.type);
  if (!existsSync(file)) return [];
  const published = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  return breakingChanges(published, schemaOf(definition)).map((breach) => `${definition.type} ${breach}`);
});
if (breaches.length > 0)
  throw new Error(`a change that breaks readers is a new type:\n${breaches.join("\n")}`);

for (const definition of catalogue) {
  writeFileSync(fileOf(definition.type), `${JSON.stringify(schemaOf(definition), undefined, 2)}\n`);
}

writeFileSync(new URL("./asyncapi.json", import.meta.url), `${JSON.stringify(asyncApi(), undefined, 2)}\n`);
