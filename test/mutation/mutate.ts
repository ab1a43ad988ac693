import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { explained } from "./survivors.ts";
import { type Target, targets } from "./targets.ts";

/**
 * `npm run mutate [-- WORD…]`: breaks the money path in every way that Stryker knows and looks whether a test sees
 * it; words choose among the files. Fails below the score, for a survivor that nobody has explained, and when a
 * mutant was judged by no test.
 */
const leastScore = 90;

type Options = ConstructorParameters<typeof Stryker>[0];
type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

const options = (mutate: readonly string[]): Options => ({
  mutate: [...mutate],
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  concurrency: 1,
  // Long: a busy machine is to slow a run down, not to count as a test that saw the mutant.
  timeoutMS: 60_000,
  tempDirName: ".local/mutation",
  ignorePatterns: [".local", ".venv", "cdk.out"],
  // Stryker would rewrite it by TypeScript's API, which TypeScript 7 has not; the sandbox needs no rewriting.
  tsconfigFile: "none.json",
  reporters: ["progress-append-only"],
});

const root = join(import.meta.dirname, "../..");

const detected = ["Killed", "Timeout"];
const undetected = ["Survived", "NoCoverage"];

/** The line that a mutant changes, as a person finds it again after the line has moved. */
const lineOf = ({ fileName, location }: MutantResult): string =>
  (readFileSync(fileName, "utf8").split("\n")[location.start.line - 1] ?? "").trim();

const pathOf = ({ fileName }: MutantResult): string => fileName.replace(`${root}/`, "");

const isExplained = (mutant: MutantResult): boolean =>
  explained.some(
    ({ file, line, becomes }) =>
      file === pathOf(mutant) && line === lineOf(mutant) && becomes.includes(mutant.replacement ?? ""),
  );

const shown = (mutant: MutantResult): string =>
  `${mutant.status} ${pathOf(mutant)}:${mutant.location.start.line} ${mutant.mutatorName}\n` +
  `    ${lineOf(mutant)}\n    → ${mutant.replacement}`;

const percent = (mutants: readonly MutantResult[]): number => {
  const [good, bad] = [detected, undetected].map(
    (kind) => mutants.filter(({ status }) => kind.includes(status)).length,
  );
  return (100 * (good ?? 0)) / Math.max(1, (good ?? 0) + (bad ?? 0));
};

/** Says what came of it, and whether it is as it should be. */
const judge = (mutants: readonly MutantResult[]): boolean => {
  const files = [...new Set(mutants.map(pathOf))].sort();
  const scores = files.map((file) => {
    const own = mutants.filter((mutant) => pathOf(mutant) === file);
    return { file, mutants: own.length, score: percent(own) };
  });
  for (const { file, mutants: count, score } of scores)
    console.log(`${score.toFixed(1).padStart(6)} %  ${String(count).padStart(4)} mutants  ${file}`);
  const survivors = mutants.filter(({ status }) => undetected.includes(status));
  const surprises = survivors.filter((mutant) => !isExplained(mutant));
  const unjudged = mutants.filter(
    ({ status, testsCompleted = 0 }) => ["Killed", "Survived"].includes(status) && testsCompleted === 0,
  );
  for (const mutant of surprises) console.error(`not explained: ${shown(mutant)}`);
  for (const mutant of unjudged) console.error(`judged by no test: ${shown(mutant)}`);
  const low = scores.filter(({ score }) => score < leastScore);
  for (const { file } of low) console.error(`below ${leastScore} %: ${file}`);
  return surprises.length + unjudged.length + low.length === 0;
};

/** One after the other, each with its own tests. */
const runOn = async ({ mutate, tests }: Target): Promise<MutantResult[]> => {
  process.env["MUTATION_TESTS"] = JSON.stringify(tests);
  return new Stryker(options(mutate)).runMutationTest();
};

const words = process.argv.slice(2);
const chosen = (files: readonly string[]): string[] =>
  files
    .flatMap((file) => globSync(file))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));

process.chdir(root);
const results: MutantResult[] = [];
for (const { mutate, tests } of targets) {
  const files = chosen(mutate);
  if (files.length === 0) continue;
  const mutants = await runOn({ mutate: files, tests });
  if (!judge(mutants)) process.exitCode = 1;
  results.push(...mutants);
}
console.log(`${percent(results).toFixed(1)} % of ${results.length} mutants`);
