import { join } from "node:path";
import { type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
import { type EmbeddedStripe, startStripe } from "./stripe/start-stripe.ts";

/** The embedded cloud beside the embedded Stripe: everything that a purchase needs. */
export type Laptop = {
  readonly cloud: Cloud;
  /** Absent where Stripe's real test mode is used. */
  readonly stripe: EmbeddedStripe | undefined;
  /** Where granted tokens come from. */
  readonly stripeUrl: string;
  readonly stripeKey: string;
  /** Runs an operator's command and gives what it answers; a refusal is thrown. */
  operate(command: object): Promise<unknown>;
  stop(): Promise<void>;
};

export type LaptopOptions = Omit<CloudOptions, "variables" | "secrets"> & {
  /** `sk_test_…`: talks to Stripe's own test mode instead of the embedded one. */
  readonly stripeKey?: string | undefined;
  readonly stripePort?: number;
  /** Of the embedded Stripe; tests that move the cloud's clock move it too. */
  readonly now?: () => number;
};

/** Accepted by the embedded Stripe like any other secret key of test mode. */
export const embeddedStripeKey = "sk_test_embedded";

export const startLaptop = async ({
  stripeKey,
  stripePort,
  now,
  ...options
}: LaptopOptions = {}): Promise<Laptop> => {
  const stripe = stripeKey ? undefined : await startStripe(stripeOptions({ stripePort, now, ...options }));
  const key = stripeKey ?? embeddedStripeKey;
  const cloud = await startCloud({
    ...options,
    variables: { STRIPE_API_BASE: stripe?.url ?? "" },
    secrets: { STRIPE_SECRET_ARN: JSON.stringify({ test: key, live: "" }) },
  }).catch(async (error: unknown) => {
    await stripe?.stop();
    throw error;
  });
  return {
    cloud,
    stripe,
    stripeUrl: stripe?.url ?? "https://api.stripe.com",
    stripeKey: key,
    operate: async (command) => doneOf(await cloud.invoke("operator/operator", command)),
    stop: async () => {
      await cloud.stop();
      await stripe?.stop();
    },
  };
};

const stripeOptions = (given: Pick<LaptopOptions, "stripePort" | "now" | "data">) => ({
  ...(given.stripePort === undefined ? {} : { port: given.stripePort }),
  ...(given.now ? { now: given.now } : {}),
  ...(given.data ? { dataFile: join(given.data, "stripe.json") } : {}),
});

type Operated = {
  readonly done?: unknown;
  readonly refused?: { readonly code: string; readonly text: string };
};

const doneOf = (answer: unknown): unknown => {
  const { done, refused } = answer as Operated;
  if (refused) throw new Error(`the operator was refused (${refused.code}): ${refused.text}`);
  return done;
};
