import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { receivers } from "#functions/fulfillment/receiver.ts";
import { projectRoot } from "../../bundle.ts";

/** The bridge's receivers as the API hands them out: run by `npm run schemas` after one of them changed. */
export const published = { php: "agentic-bridge.php", node: "bridge-receiver.ts" } as const;
export const receiversFile = join(projectRoot, "functions/fulfillment/receivers.json");

export const receiversText = (): string => {
  const each = Object.entries(published).map(([name, file]) => {
    const text = readFileSync(new URL(file, import.meta.url), "utf8");
    const version = `${name}/${receivers[name]?.newest}`;
    return { file, version, sha256: createHash("sha256").update(text).digest("hex"), text };
  });
  return `${JSON.stringify(each, undefined, 2)}\n`;
};

if (import.meta.main) writeFileSync(receiversFile, receiversText());
