import { parseArgs } from "node:util";
import { enough, missing, p99, type Result, runCampaign } from "./campaign.ts";
import { allFaults } from "./engine/faults.ts";
import { runSchedule } from "./schedule.ts";

const usage = "npm run simulate -- [--schedules 1000] [--seed 1] [--minutes 60] [--workers 2]";

const read = () => {
  const { values } = parseArgs({
    options: {
      schedules: { type: "string", default: "1000" },
      seed: { type: "string" },
      minutes: { type: "string" },
      workers: { type: "string", default: "2" },
    },
  });
  const numbers = {
    schedules: Number(values.schedules),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed),
    minutes: values.minutes === undefined ? undefined : Number(values.minutes),
    workers: Number(values.workers),
  };
  if (Object.values(numbers).some((each) => each !== undefined && !(each >= 0))) throw new Error(usage);
  return numbers;
};

const bar = (done: number, of: number): string => {
  const full = Math.round((30 * done) / of);
  return `[${"█".repeat(full)}${"·".repeat(30 - full)}]`;
};

/** Over itself on a terminal; elsewhere a line now and then. */
const terminal = process.stdout.isTTY === true;
const [before, after, pause] = terminal ? ["\r", "", 200] : ["", "\n", 10_000];

const progressOf = (schedules: number) => {
  const began = performance.now();
  let shown = 0;
  return ({ schedules: done, steps }: Result): void => {
    const now = performance.now();
    if (now - shown < pause && done < schedules) return;
    shown = now;
    const rate = (done / (now - began)) * 1_000;
    const left = Math.round((schedules - done) / rate);
    const so = `${done}/${schedules} schedules, ${steps} steps, ${rate.toFixed(1)}/s, ${left} s left`;
    process.stdout.write(`${before}${bar(done, schedules)} ${so} ${after}`);
  };
};

const showFaults = ({ counts }: Result): void => {
  console.log("\nfault                                   times");
  for (const fault of allFaults)
    console.log(`${fault.padEnd(38)} ${String(counts.get(fault) ?? 0).padStart(6)}`);
};

/** Runs it again, alone, to show how it came to it. */
const showFailure = async (seed: number): Promise<void> => {
  const { trace, broken, hash } = await runSchedule({ seed });
  console.log(trace.join("\n"));
  console.log(`\n${broken?.invariant} is broken: ${broken?.promise}\n${broken?.what}`);
  console.log(`trace ${hash}\nagain: npm run simulate -- --seed ${seed} --schedules 1`);
};

const { schedules, seed, minutes, workers } = read();
console.log(`seed ${seed}, ${schedules} schedules, ${workers} workers`);
const result = await runCampaign({ schedules, seed, minutes, workers }, progressOf(schedules));
showFaults(result);
const days = Math.round(result.lasted / 86_400_000);
console.log(`\n${result.schedules} schedules, ${result.steps} steps, ${days} virtual days`);
const calm = result.firstAttempts;
if (calm.length > 0)
  console.log(
    `where nothing failed, ${calm.length} webhooks were first tried within ${p99(calm)} virtual ms of their event (p99)`,
  );
const unheard = missing(result);
if (result.found) {
  await showFailure(result.found.seed);
  process.exitCode = 1;
} else if (unheard.length > 0 && result.schedules >= enough) {
  console.log(`these faults never fired: ${unheard.join(", ")}`);
  process.exitCode = 1;
} else console.log("every promise held");
