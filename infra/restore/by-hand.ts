import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stderr, stdout } from "node:process";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { Reason } from "#functions/audit/audit.ts";
import { Time } from "#functions/operator/times.ts";
import { Mistake } from "../ops-flags.ts";
import type { Stage } from "../stage.ts";
import { askFunction } from "./ask.ts";
import { awsCalls } from "./aws.ts";
import { type Plan, planOf } from "./calls.ts";
import { type Deployed, deployedIn, type Template } from "./deployed.ts";
import { type Restoring, restore } from "./run.ts";

const ByHand = z.discriminatedUnion("command", [
  z.object({ command: z.literal("restore"), to: Time, reason: Reason, dryRun: z.boolean() }),
  z.object({ command: z.literal("open-traffic") }),
]);

/** What an ops engineer has done by `npm run ops`, in the name of the role that they have taken on. */
export const restoreByHand = async (sent: object, stage: Stage): Promise<number> => {
  const { data: command, error } = ByHand.safeParse(sent);
  if (!command) throw new Mistake(error.issues.map(({ path, message }) => `${path}: ${message}`).join("; "));
  const now = Date.now();
  const deployed = await deployedAt(stage);
  if (command.command === "open-traffic") {
    for (const call of planOf(deployed, { to: now, now, reason: "" }).open) await awsCalls().send(call);
    return 0;
  }
  const { to, reason, dryRun } = command;
  if (to >= now) throw new Mistake("--to is not in the past");
  const plan = planOf(deployed, { to, reason, now });
  stdout.write(dryRun ? toldPlan(plan) : `${JSON.stringify(await restore(onAws(), plan), null, 2)}\n`);
  return 0;
};

/** A line a call, in their order. */
const toldPlan = (plan: Plan): string =>
  Object.entries(plan)
    .flatMap(([step, calls]) =>
      calls.map(({ service, action, input }) => `${step} ${service}:${action} ${JSON.stringify(input)}\n`),
    )
    .join("");

const onAws = (): Restoring => ({
  ...awsCalls(),
  ask: askFunction,
  say: (line) => void stderr.write(`${line}\n`),
  nap: (seconds) => setTimeout(seconds * 1_000),
});

/** By the very app: it is run from the commit that is deployed. Loaded only here, since it takes two seconds. */
const deployedAt = async ({ name }: Stage): Promise<Deployed> => {
  const { appFor } = await import("../app.ts");
  const outdir = mkdtempSync(join(tmpdir(), "restore-"));
  try {
    const app = appFor(
      { stage: name, "aws:cdk:bundling-stacks": [] },
      { outdir, builtinCloudFormationValidation: false },
    );
    return deployedIn(app.synth().stacks.map(({ template }) => template as Template));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};
