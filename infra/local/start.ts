import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runDemo } from "./demo/demo.ts";
import { openShop, type Shop } from "./demo/shop.ts";
import { hasDynamoDb } from "./dynamodb.ts";
import type { FaultTap } from "./fault-tap.ts";
import { type Laptop, startLaptop } from "./laptop.ts";
import { localEnv, writeLocalEnv } from "./local-env.ts";
import { untilStopped } from "./until-stopped.ts";

const usage = `npm start -- [options]

  --data DIR    keeps tables, keys, secrets and payments over restarts
  --port N      agents' API on this port, the stores' on the next (default: 4280; 0: any free ones)
  --no-demo     opens the demo store and leaves the buying to you
  --json        one line of JSON with URLs, store, products and keys; the story goes to stderr

STRIPE_SECRET_KEY=sk_test_… uses Stripe's test mode instead of the embedded Stripe, and
STRIPE_WEBHOOK_SECRET=whsec_… takes its events as "stripe listen" forwards them to /stripe/events of the stores' API.
DYNAMODB_ENDPOINT=http://… uses that DynamoDB engine instead of the one from npm.
`;

const flags = {
  data: { type: "string" },
  port: { type: "string", default: "4280" },
  "no-demo": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  /** For tests: see `fault-tap.ts`, and where `env` and `log` go instead of `.local`. */
  "fault-tap": { type: "string" },
  local: { type: "string" },
  help: { type: "boolean", default: false },
} as const;
type Flags = ReturnType<typeof parseArgs<{ options: typeof flags }>>["values"];

const localOf = ({ local }: Flags): string =>
  local ?? fileURLToPath(new URL("../../.local", import.meta.url));

const run = async (): Promise<number> => {
  const { values } = parseArgs({ options: flags });
  if (values.help) return told(usage);
  const missing = whatIsMissing(values);
  if (missing) return refused(missing);
  const say = (line: string) => (values.json ? console.error(line) : console.log(line));
  const started = Date.now();
  say("synthesizing the CDK app and booting its templates …");
  const laptop = await startLaptop(optionsOf(values, say));
  const stopped = untilStopped();
  try {
    const { data } = values;
    const { operate: operator, cloud } = laptop;
    const kept = data ? { kept: join(data, "shop.json") } : {};
    const shop = await openShop({ operator, storeApi: cloud.urls.storeApi, ...kept });
    writeLocalEnv(localOf(values), localEnv(laptop, shop));
    if (values.json) console.log(JSON.stringify(factsOf(laptop, shop)));
    tell(laptop, shop, say);
    if (!values["no-demo"]) await Promise.race([demo(laptop, shop, say, started), stopped]);
    say("\nUp until Ctrl-C.");
    await stopped;
  } finally {
    await laptop.stop();
  }
  return 0;
};

const told = (text: string): number => {
  console.log(text);
  return 0;
};
const refused = (text: string): number => {
  console.error(text);
  return 1;
};

const whatIsMissing = ({ port }: Flags): string | undefined => {
  if (!/^\d{1,5}$/.test(port) || Number(port) >= 65_535) return `--port wants 0 to 65534, not ${port}`;
  if (process.env["STRIPE_SECRET_KEY"]?.startsWith("sk_live_"))
    return "STRIPE_SECRET_KEY is a live key: use sk_test_…";
  if (hasDynamoDb() || process.env["DYNAMODB_ENDPOINT"]) return undefined;
  return "No DynamoDB engine for this platform comes with npm: set DYNAMODB_ENDPOINT to one that runs (DynamoDB Local, dynoxide).";
};

/** What whoever starts it can mend is told without a stack. */
const reasonOf = ({ code, message, stack }: NodeJS.ErrnoException): string => {
  if (code?.startsWith("ERR_PARSE_ARGS")) return `${message}\n\n${usage}`;
  if (code === "EADDRINUSE") return `${message}: --port N takes another, --port 0 any that is free`;
  return stack ?? message;
};

/** An integrator's, in another account. */
const otherBus = "arn:aws:events:us-east-1:111122223333:event-bus/integrator";

const optionsOf = (values: Flags, say: (line: string) => void) => ({
  otherBuses: { [otherBus]: (event: object) => say(`on the integrator's bus: ${JSON.stringify(event)}`) },
  port: Number(values.port),
  log: join(localOf(values), "log"),
  zone: join(localOf(values), "zone"),
  stripeKey: process.env["STRIPE_SECRET_KEY"] || undefined,
  stripeWebhookSecret: process.env["STRIPE_WEBHOOK_SECRET"] || undefined,
  ...(values.data ? { data: values.data } : {}),
  ...(values["fault-tap"] ? { faultTap: JSON.parse(values["fault-tap"]) as FaultTap } : {}),
});

const factsOf = ({ cloud, stripeUrl }: Laptop, shop: Shop) => ({
  agentApi: cloud.urls.agentApi,
  storeApi: cloud.urls.storeApi,
  stripe: stripeUrl,
  awsEndpoint: cloud.endpoint,
  ...shop,
});

const tell = ({ cloud, stripeUrl }: Laptop, shop: Shop, say: (line: string) => void): void => {
  say(`\nagent API    ${cloud.urls.agentApi}   key ${shop.agentKey}`);
  say(`store API    ${cloud.urls.storeApi}   key ${shop.integrationKey} (integration)`);
  say(`             ${" ".repeat(cloud.urls.storeApi.length)}   key ${shop.adminKey} (admin)`);
  say(`Stripe       ${stripeUrl}`);
  say(`event bus    ${otherBus}   of an integrator`);
  say(`store        ${shop.storeId} sells ${shop.products.map(({ id }) => id).join(", ")}`);
  say("for scripts  .local/env      logs  .local/log      TXT records  .local/zone\n");
};

const demo = async (
  laptop: Laptop,
  shop: Shop,
  say: (line: string) => void,
  started: number,
): Promise<void> => {
  const { agentApi, storeApi } = laptop.cloud.urls;
  await runDemo({ agentApi, storeApi, stripe: laptop.stripeUrl, shop, say });
  say(`\nThe first order took ${((Date.now() - started) / 1_000).toFixed(1)} s from the start.`);
};

// A demo that was cut short may still wait for its webhook: nothing of it is to keep the process.
process.exit(await run().catch((error: NodeJS.ErrnoException) => refused(reasonOf(error))));
