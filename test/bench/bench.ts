import { cpus } from "node:os";
import { untilStopped } from "#infra/local/until-stopped.ts";
import { accountOf } from "./account.ts";
import { measureBundles } from "./bundles.ts";
import { measureFirstAttempt, soonest } from "./first-attempt.ts";
import { runLevels } from "./levels.ts";
import { readOptions } from "./options.ts";
import { assumptions, prices } from "./prices.ts";
import { type Report, reportText } from "./report.ts";
import { measureSerialPath } from "./serial-path.ts";
import { openStand } from "./stand.ts";
import { measureWebhooks } from "./webhooks.ts";

/** `npm run bench -- --buyers 1,8,32 --orders 100 --json`: progress goes to stderr, figures to stdout. */
const bench = async (options: ReturnType<typeof readOptions>): Promise<Report> => {
  const say = (line: string) => console.error(line);
  say("functions, one by one …");
  const bundles = await measureBundles();
  say("the embedded cloud …");
  const stand = await openStand();
  try {
    const levels = await runLevels(stand, { levels: options.buyers, orders: options.orders, say });
    const webhooks = await measureWebhooks(stand, { endpoints: [1, 20], orders: options.orders, say });
    say("the first attempt of a webhook …");
    const firstAttempt = await measureFirstAttempt(stand, options.orders);
    say("the serial path of complete …");
    const serialPath = await measureSerialPath(stand);
    return {
      machine: machine(),
      levels,
      account: accountOf(levels),
      webhooks,
      firstAttempt,
      serialPath,
      bundles,
    };
  } finally {
    await stand.stop();
  }
};

const machine = (): string => {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim()}, Node ${process.versions.node}`;
};

/** A mistyped flag needs no stack trace. */
const optionsOrExit = (): ReturnType<typeof readOptions> => {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    return process.exit(2);
  }
};

const main = async (): Promise<void> => {
  const options = optionsOrExit();
  // Whatever still runs belongs to this process and ends with it.
  void untilStopped().then(() => process.exit(130));
  const report = await bench(options);
  console.log(options.json ? JSON.stringify({ ...report, prices, assumptions }) : reportText(report));
  process.exit(report.firstAttempt.together > soonest ? 1 : 0);
};

await main();
