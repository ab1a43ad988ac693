import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Version } from "#functions/acp/version.ts";

const read = (path: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "schemas", path), "utf8"));

const ajvFor = (): Ajv2020 => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv;
};

const bundles = new Map<Version, Ajv2020>();

const bundleOf = (version: Version): Ajv2020 => {
  const known = bundles.get(version);
  if (known) return known;
  const ajv = ajvFor();
  ajv.addSchema(read(`${version}/schema.agentic_checkout.json`) as object, "acp");
  ajv.addSchema(read("2026-01-30/webhook.json") as object, "webhook-before");
  ajv.addSchema(read("2026-04-17/schema.feed.json") as object, "feed");
  bundles.set(version, ajv);
  return ajv;
};

/** What the released schema holds against this JSON: nothing, if it is valid. */
export const complaints = (version: Version, definition: string, answer: unknown): string[] => {
  const ajv = bundleOf(version);
  const isWhole = definition.includes("-") || definition.includes("#");
  const validate = ajv.getSchema(isWhole ? definition : `acp#/$defs/${definition}`);
  if (!validate) throw new Error(`${version} has no ${definition}`);
  validate(JSON.parse(JSON.stringify(answer)));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};

export const officialExamples = read("2026-04-17/examples/examples.agentic_checkout.json") as Record<
  string,
  unknown
>;
export const multiItemExamples = read("2026-04-17/examples/examples.multi_item_checkout.json") as Record<
  string,
  unknown
>;
