import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#infra/bundle.ts";
import { clientFile, makeClient } from "./make-client.ts";

/** Run by `npm run schemas`, once the document is written. */
writeFileSync(join(projectRoot, clientFile), await makeClient());
