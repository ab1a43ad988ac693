import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deployedBy } from "./deployed.ts";
import { evidenceOf, witnesses } from "./evidence.ts";
import { providers, standing } from "./providers.ts";
import { runWitnesses } from "./run-witnesses.ts";
import type { Outcome } from "./saq-a.ts";

/** `npm run evidence`: the pages that auditors, lawyers and acquirers ask for, from the code as it is. */
const { values } = parseArgs({
  options: {
    stage: { type: "string", default: "prod" },
    out: { type: "string", default: "evidence.out" },
    run: { type: "boolean", default: false },
  },
});

const root = fileURLToPath(new URL("../..", import.meta.url));
const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** A tree that differs from its commit is not what the commit proves. */
const commit = `${git("rev-parse", "--short=12", "HEAD")}${git("status", "--porcelain") ? "+changes" : ""}`;
const date = new Date().toISOString().slice(0, 10);

const outcomeOf = values.run ? runWitnesses(witnesses, root) : (): Outcome => "not run";
const files = evidenceOf({
  made: { date, commit, stage: values.stage },
  deployed: deployedBy(values.stage),
  providers,
  outcomeOf,
});
mkdirSync(values.out, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(values.out, name), text);

const failed = witnesses.filter((test) => outcomeOf(test) === "failed");
const late = providers.filter((each) => standing(each, date) === "overdue");
stdout.write(
  `${join(values.out, "index.html")}: ${witnesses.length} tests are called, ${failed.length} failed\n`,
);
for (const { name } of late) stdout.write(`the attestation of ${name} was last seen more than a year ago\n`);
exit(failed.length + late.length > 0 ? 1 : 0);
