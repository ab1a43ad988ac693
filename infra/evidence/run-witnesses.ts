import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "./erasures.ts";
import type { Outcome } from "./saq-a.ts";

type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

/** Runs the files of the tests, with their output on the screen, and says how each of them ended. */
export const runWitnesses = (tests: readonly Test[], root: string): ((test: Test) => Outcome) => {
  const folder = mkdtempSync(join(tmpdir(), "evidence-"));
  const report = join(folder, "report.json");
  const files = [...new Set(tests.map(({ file }) => file))];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--config", "test/vitest.config.ts", ...reporters, ...files];
  spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  const read = JSON.parse(readFileSync(report, "utf8")) as Report;
  rmSync(folder, { recursive: true, force: true });
  return (test) => outcomeIn(read, test);
};

/** A title may be a pattern of many tests, or a group's: all of them have to pass, and one has to be there. */
export const outcomeIn = ({ testResults }: Report, { file, title }: Test): Outcome => {
  const named = new RegExp(title.split("%s").map(literally).join(".*"), "s");
  const ends = testResults
    .filter(({ name }) => name.endsWith(file))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => named.test(fullName))
    .map(({ status }) => status);
  if (ends.length === 0) return "not run";
  return ends.every((status) => status === "passed") ? "passed" : "failed";
};

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
