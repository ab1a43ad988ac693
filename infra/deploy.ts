import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./bundle.ts";
import { prefixOf, type Stage, stageOf } from "./stage.ts";

/** What `cdk` is told: prod ends in change sets that somebody else reads and executes. */
export const deployArguments = (stage: Stage, rest: readonly string[] = []): string[] => [
  "deploy",
  `${prefixOf(stage)}-*`,
  "--context",
  `stage=${stage.name}`,
  ...(stage.deployment === "prepare"
    ? ["--method=prepare-change-set", "--require-approval=any-change"]
    : ["--require-approval=never"]),
  ...rest,
];

/** An alarm that nobody reads is worse than none. */
export const refuseExamples = ({ name, alarms }: Stage): void => {
  if (alarms?.email?.endsWith("@example.com"))
    throw new Error(
      `alarms of ${name} would go to ${alarms.email}: put your own address into infra/stage.ts first`,
    );
};

/** `npm run deploy -- --stage dev`; what follows `--` goes to `cdk` as it is. */
const deploy = (argv: string[]): number => {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { stage: { type: "string" } },
    allowPositionals: true,
  });
  if (!values.stage) throw new Error("say which stage: npm run deploy -- --stage dev");
  const stage = stageOf(values.stage);
  refuseExamples(stage);
  const cdk = join(projectRoot, "node_modules/aws-cdk/bin/cdk");
  const ended = spawnSync(process.execPath, [cdk, ...deployArguments(stage, positionals)], {
    cwd: projectRoot,
    stdio: "inherit",
  });
  if (stage.deployment === "prepare") {
    console.log(
      "Nothing is executed yet: read the change sets and execute them, data first, then agent-api, then store-api.",
    );
  }
  return ended.status ?? 1;
};

if (import.meta.main) process.exitCode = deploy(process.argv.slice(2));
