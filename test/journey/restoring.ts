import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { askFunction } from "#infra/restore/ask.ts";
import { awsCalls } from "#infra/restore/aws.ts";
import { planOf } from "#infra/restore/calls.ts";
import { deployedIn, type Template } from "#infra/restore/deployed.ts";
import { restore } from "#infra/restore/run.ts";
import type { World } from "./world.ts";

/** What a restore takes of AWS, in the name of the role that the template has for it. */
const roleOf = (world: World): void => {
  const { cloud } = world.laptop;
  const { accessKeyId, secretAccessKey } = cloud.credentialsOf("restorerestorer");
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
};

const templatesIn = (directory: string): Template[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")) as Template);

/** Just what `npm run ops -- restore` does, but for the waiting. `while`: looks around between its steps. */
export const restoreWorld = async (
  world: World,
  asked: { to: number; reason: string },
  meanwhile: (step: string) => Promise<void> = async () => undefined,
) => {
  roleOf(world);
  const plan = planOf(deployedIn(templatesIn(world.assembly)), { ...asked, now: asked.to + 60_000 });
  const calls = awsCalls();
  let step = "";
  const on = {
    ...calls,
    ask: async (...given: Parameters<typeof askFunction>) => {
      await meanwhile(step);
      return askFunction(...given);
    },
    say: (line: string) => {
      step = line;
    },
    nap: async () => undefined,
  };
  return restore(on, plan);
};
