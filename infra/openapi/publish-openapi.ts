import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../bundle.ts";
import { agentApi, storeApi } from "./apis.ts";
import { documentOf } from "./openapi.ts";
import { schemaNames } from "./schema-names.ts";

/** Run by hand after a route or its schemas changed (`npm run schemas`): writes each API's document. */
const names = await schemaNames();
for (const api of [agentApi, storeApi])
  writeFileSync(join(projectRoot, api.file), `${JSON.stringify(documentOf(api, names), undefined, 2)}\n`);
