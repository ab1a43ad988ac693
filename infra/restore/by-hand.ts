import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stderr, stdout } from "node:process";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { Reason } from "#functions/audit/audit.ts";
import { Time } from "#functions/operator/times.ts";
import type { Instant } from "#functions/values/clock.ts";
import { Mistake } from "../ops-flags.ts";
import type { Stage } from "../stage.ts";
import { askFunction } from "./ask.ts";
import { awsCalls } from "./aws.ts";
import { type Plan, planOf } from "./calls.ts";
import { type Deployed, deployedIn, type Template } from "./deployed.ts";
import { type Restoring, restore } from "./run.ts";

const ByHand = z.discriminatedUnion("command", [
  z.object({ command: z.literal("restore"), to: Time, reason: Reason, dryRun: z.boolean().default(false) }),
  z.object({ command: z.literal("open-traffic"), dryRun: z.boolean().default(false) }),
]);

/** What an ops engineer has done by `npm run ops`, in the name of the role that they have taken on. */
export const restoreByHand = async (sent: object, stage: Stage): Promise<number> => {
  const deployed = await deployedAt(stage);
  stdout.write(await doneByHand(sent, { deployed, now: Date.now() }, onAws()));
  return 0;
};

/** What is told of it; a dry run makes no call, and tells each that it would make. */
export const doneByHand = async (
  sent: object,
  { deployed, now }: { deployed: Deployed; now: Instant },
  on: Restoring,
): Promise<string> => {
  const { data: command, error } = ByHand.safeParse(sent);
  if (!command) throw new Mistake(error.issues.map(({ path, message }) => `${path}: ${message}`).join("; "));
  if (command.command === "open-traffic") {
    const { open } = planOf(deployed, { to: now, now, reason: "" });
    if (command.dryRun) return toldPlan({ open });
    for (const call of open) await on.send(call);
    return toldAs({ opened: open.length });
  }
  const { to, reason, dryRun } = command;
  if (to >= now) throw new Mistake("--to is not in the past");
  const plan = planOf(deployed, { to, reason, now });
  return dryRun ? toldPlan(plan) : toldAs(await restore(on, plan));
};

const toldAs = (answer: object): string => `${JSON.stringify(answer, null, 2)}\n`;

/** A line of JSON a call, in their order. */
const toldPlan = (plan: Partial<Plan>): string =>
  Object.entries(plan)
    .flatMap(([step, calls]) => calls.map((call) => `${JSON.stringify({ step, ...call })}\n`))
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
