import { join } from "node:path";
import { type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
import { type EmbeddedStripe, startStripe } from "./stripe/start-stripe.ts";

/** The embedded cloud beside the embedded Stripe, on one clock: everything that a purchase needs. */
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
  /** An embedded Stripe that runs elsewhere already: it outlives this laptop. */
  readonly stripeUrl?: string;
};

/** Accepted by the embedded Stripe like any other secret key of test mode. */
export const embeddedStripeKey = "sk_test_embedded";

export const startLaptop = async (given: LaptopOptions = {}): Promise<Laptop> => {
  const { stripeKey, stripeUrl, ...options } = given;
  let ahead = 0;
  const stripe =
    stripeKey || stripeUrl ? undefined : await startStripe(stripeOptions(options, () => Date.now() + ahead));
  const key = stripeKey ?? embeddedStripeKey;
  const stripeBase = stripeUrl ?? stripe?.url;
  const cloud = await startCloud({
    ...options,
    variables: { STRIPE_API_BASE: stripeBase ?? "" },
    secrets: { STRIPE_SECRET_ARN: JSON.stringify({ test: key }) },
  }).catch(async (error: unknown) => {
    await stripe?.stop();
    throw error;
  });
  const advance = (milliseconds: number) => {
    ahead += milliseconds;
    cloud.advance(milliseconds);
  };
  return {
    cloud: { ...cloud, advance },
    stripe,
    stripeUrl: stripeBase ?? "https://api.stripe.com",
    stripeKey: key,
    operate: async (command) => doneOf(await cloud.invoke("operator/operator", command)),
    stop: async () => {
      await cloud.stop();
      await stripe?.stop();
    },
  };
};

const stripeOptions = ({ stripePort, data }: LaptopOptions, now: () => number) => ({
  now,
  ...(stripePort === undefined ? {} : { port: stripePort }),
  ...(data ? { dataFile: join(data, "stripe.json") } : {}),
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
