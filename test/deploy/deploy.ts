import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#infra/bundle.ts";
import { openShop } from "#infra/local/demo/shop.ts";
import { embeddedStripeKey } from "#infra/local/laptop.ts";
import { startStripe } from "#infra/local/stripe/start-stripe.ts";
import { prefixOf, stageOf } from "#infra/stage.ts";
import { startFront } from "./api-front.ts";
import { bootstrap, deploy } from "./cdk.ts";
import { operatorOf, urlOf } from "./deployed.ts";
import { startMinistack } from "./ministack.ts";
import { buyOnce } from "./purchase.ts";
import { pythonWithMinistack } from "./venv.ts";

const limitMs = 300_000;
/** Of the last run, whatever came of it. */
const logs = join(projectRoot, ".local", "test-deploy");
const ministackLog = join(logs, "ministack.log");
const cdkLog = join(logs, "cdk.log");

const started = Date.now();
const say = (line: string): void =>
  console.log(`${((Date.now() - started) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

/** Ends one thing that was started. */
type Ending = () => unknown;

/** The real `cdk bootstrap` and `cdk deploy` into an emulated account, and a purchase on what they deployed. */
const run = async (endings: Ending[], signal: AbortSignal): Promise<void> => {
  const own = (process: { stop: Ending }) => endings.push(process.stop);
  const folder = runFolder(endings);
  const python = await pythonWithMinistack(signal);
  say("ministack is installed in .venv/deploy");
  const { endpoint, port } = await startMinistack({ python, folder, log: ministackLog, own, signal });
  say(`ministack answers at ${endpoint}`);
  const stripe = await startStripe();
  own(stripe);
  const on = { endpoint, folder, log: cdkLog, own };
  await bootstrap(on);
  say("cdk bootstrap is done");
  const stage = stageOf("emulated");
  const outputs = await deploy(on, stage, { stripeUrl: stripe.url });
  say("cdk deploy is done: three stacks");
  const frontOf = async (stack: string) => {
    const front = await startFront(urlOf(outputs, `${prefixOf(stage)}-${stack}`), port);
    own(front);
    return front.url;
  };
  const [agentApi, storeApi] = [await frontOf("agent-api"), await frontOf("store-api")];
  const { operate, putStripeKey } = operatorOf(stage, endpoint);
  await putStripeKey(embeddedStripeKey);
  const shop = await openShop({ operator: operate, storeApi });
  say(
    `the operator's function has opened ${shop.storeId}, with ${shop.products.length} products and three keys`,
  );
  await buyOnce({ agentApi, storeApi, stripe, shop, say, signal });
};

/** Outside the project: ministack puts CommonJS into it, which a package of ES modules around it would break. */
const runFolder = (endings: Ending[]): string => {
  mkdirSync(logs, { recursive: true });
  for (const file of [ministackLog, cdkLog]) writeFileSync(file, "");
  const folder = mkdtempSync(join(tmpdir(), "test-deploy-"));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Ctrl-C, `kill` and the time limit all end the run where it is. */
const interruption = (): { signal: AbortSignal; aborted: Promise<never> } => {
  const controller = new AbortController();
  const stop = (reason: string) => () => controller.abort(new Error(reason));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, stop(`stopped by ${signal}`));
  setTimeout(stop(`gave up after ${limitMs / 1_000} s`), limitMs).unref();
  const { signal } = controller;
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason)),
  );
  return { signal, aborted };
};

const endings: Ending[] = [];
const { signal, aborted } = interruption();
let status = 0;
try {
  await Promise.race([run(endings, signal), aborted]);
  say("deployed, bought, confirmed and told: the deploy lane holds");
} catch (error) {
  status = 1;
  console.error(error);
  console.error(`what ministack and the CDK said is in ${logs}`);
}
for (const end of endings.toReversed()) await end();
process.exit(status);
