import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { projectRoot } from "#infra/bundle.ts";
import { deployArguments } from "#infra/deploy.ts";
import type { Stage } from "#infra/stage.ts";
import { type KeptProcess, runKept } from "./kept-process.ts";
import { cleanEnvironment, credentials, region } from "./ministack.ts";

type On = {
  readonly endpoint: string;
  readonly folder: string;
  readonly log: string;
  readonly own: (process: KeptProcess) => void;
};
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const bootstrap = (on: On): Promise<void> =>
  cdk(on, ["bootstrap", `aws://${credentials.accessKeyId}/${region}`]);

/** As `npm run deploy` does it, bundling and all; answers the stacks' outputs. */
export const deploy = async (
  on: On,
  stage: Stage,
  context: Readonly<Record<string, string>>,
): Promise<Outputs> => {
  const outputs = join(on.folder, "outputs.json");
  const given = Object.entries(context).flatMap(([name, value]) => ["--context", `${name}=${value}`]);
  await cdk(on, deployArguments(stage, [...given, "--outputs-file", outputs, "--progress", "events"]));
  return JSON.parse(readFileSync(outputs, "utf8"));
};

const cdk = (on: On, args: readonly string[]): Promise<void> =>
  runKept(
    {
      program: process.execPath,
      args: [
        join(projectRoot, "node_modules/aws-cdk/bin/cdk"),
        ...args,
        ...quiet,
        "--output",
        join(on.folder, "cdk.out"),
      ],
      cwd: projectRoot,
      env: environmentFor(on),
      log: on.log,
    },
    on.own,
  );

const quiet = ["--no-notices", "--no-version-reporting", "--no-color"];

const environmentFor = ({ endpoint, folder }: On): NodeJS.ProcessEnv => ({
  ...cleanEnvironment(),
  PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: region,
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  CDK_DISABLE_CLI_TELEMETRY: "true",
  CDK_HOME: folder,
  TMPDIR: folder,
});
