import { spawn } from "node:child_process";

/** Without bundling: handlers run from source here, and 45 bundles would take 25 seconds. */
const context = { "aws:cdk:bundling-stacks": [], stage: "local" };

/** Synthesizes a CDK app into a directory, exactly as `cdk synth` would. */
export const synthesize = async (app: string, directory: string, root: string): Promise<void> => {
  const child = spawn(process.execPath, [app], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      // CloudFormation's own rules are checked by `npm run synth`; here they would cost two seconds.
      CDK_VALIDATION: "false",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${app} did not synthesize:\n${Buffer.concat(said).toString()}`);
};
