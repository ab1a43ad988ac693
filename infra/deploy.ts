import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./bundle.ts";
import { releaseStackOf } from "./release/release-stack.ts";
import { prefixOf, type Release, type Stage, stageOf } from "./stage.ts";

/** What `cdk` is told: of a stage with a pipeline it prepares the pipeline's own change set, and that is all. */
export const deployArguments = (stage: Stage, rest: readonly string[] = []): string[] => [
  "deploy",
  stage.release ? releaseStackOf(stage) : `${prefixOf(stage)}-*`,
  "--context",
  `stage=${stage.name}`,
  ...(stage.release
    ? ["--exclusively", "--method=prepare-change-set", "--require-approval=any-change"]
    : ["--require-approval=never"]),
  ...rest,
];

/** By what goes to `cdk` as it is, a laptop could execute after all, or reach another stack. */
export const refuseMore = ({ name, release }: Stage, rest: readonly string[]): void => {
  if (release && rest.length > 0) throw new Error(`${name} is prepared as it is, without ${rest.join(" ")}`);
};

/** What a person is told who wanted to deploy a stage that has a pipeline. */
export const whatNext = (stage: Stage, release: Release): string =>
  `From here only the pipeline itself is prepared, nothing is executed: have somebody else read and execute the change set of ${releaseStackOf(stage)}.
The other stacks of ${stage.name} are released by it: merge into ${release.branch} of ${release.repository}; an approver reads each change set before it is executed.`;

/** Alarms nobody reads, terms that are nobody's and a repository that releases nothing of ours are worse than none. */
export const refuseExamples = ({ name, alarms, published, release }: Stage): void => {
  if (alarms?.email?.endsWith("@example.com"))
    throw new Error(
      `alarms of ${name} would go to ${alarms.email}: put your own address into infra/stage.ts first`,
    );
  if (JSON.stringify(published ?? {}).includes("example.com"))
    throw new Error(
      `${name} would publish pages of example.com: put your own into infra/stage.ts first, or none`,
    );
  if (release?.connectionArn.endsWith("/example"))
    throw new Error(
      `${name} would be released from ${release.repository}: put your own repository and its connection into infra/stage.ts first`,
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
  refuseMore(stage, positionals);
  const cdk = join(projectRoot, "node_modules/aws-cdk/bin/cdk");
  const ended = spawnSync(process.execPath, [cdk, ...deployArguments(stage, positionals)], {
    cwd: projectRoot,
    stdio: "inherit",
  });
  if (stage.release) console.log(whatNext(stage, stage.release));
  return ended.status ?? 1;
};

if (import.meta.main) process.exitCode = deploy(process.argv.slice(2));
