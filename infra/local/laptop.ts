import { join } from "node:path";
import { lookedAt } from "#functions/payment/stripe-event.ts";
import { type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
import { remoteControl } from "./stripe/remote-control.ts";
import { type EmbeddedStripe, startStripe } from "./stripe/start-stripe.ts";
import { startResolvers } from "./zone.ts";

/** The embedded cloud beside the embedded Stripe, on one clock, and two resolvers: all that it talks to. */
export type Laptop = {
  /** Is idle only when Stripe has nothing to tell it either. */
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
  /** `whsec_…` of whatever brings the events of Stripe's own test mode here (`stripe listen`). */
  readonly stripeWebhookSecret?: string | undefined;
  readonly stripePort?: number;
  /** An embedded Stripe that runs elsewhere already: it outlives this laptop, and must share its clock. */
  readonly stripeUrl?: string;
  /** `false` leaves us without Stripe's events. */
  readonly stripeEvents?: boolean;
  /** File of TXT records (`zone.ts`). Without it no name has any. */
  readonly zone?: string;
};

/** Accepted by the embedded Stripe like any other secret key of test mode. */
export const embeddedStripeKey = "sk_test_embedded";

/** With these the embedded Stripe signs its events: for loopback, and no secret. */
const signing = { own: "whsec_embedded_own", connect: "whsec_embedded_connect" };

export const startLaptop = async (given: LaptopOptions = {}): Promise<Laptop> => {
  const { stripeKey, stripeUrl, stripeWebhookSecret, stripeEvents = true, zone, ...options } = given;
  let ahead = 0;
  const stripe =
    stripeKey || stripeUrl ? undefined : await startStripe(stripeOptions(options, () => Date.now() + ahead));
  const resolvers = await startResolvers(zone);
  const key = stripeKey ?? embeddedStripeKey;
  const stripeBase = stripeUrl ?? stripe?.url;
  const stopOthers = () => Promise.all([resolvers.stop(), stripe?.stop()]);
  const cloud = await startCloud({
    ...options,
    variables: { STRIPE_API_BASE: stripeBase ?? "", DNS_RESOLVERS: resolvers.addresses },
    secrets: {
      STRIPE_SECRET_ARN: JSON.stringify({ test: key }),
      STRIPE_EVENTS_SECRET_ARN: signingSecrets(stripeWebhookSecret),
    },
  }).catch(async (error: unknown) => {
    await stopOthers();
    throw error;
  });
  const idle = stripeBase && stripeEvents ? await tellOf(stripeBase, cloud) : cloud.idle;
  const advance = (milliseconds: number) => {
    ahead += milliseconds;
    cloud.advance(milliseconds);
    stripe?.tick();
  };
  return {
    cloud: { ...cloud, advance, idle },
    stripe,
    stripeUrl: stripeBase ?? "https://api.stripe.com",
    stripeKey: key,
    operate: async (command) => doneOf(await cloud.invoke("operator/operator", command)),
    stop: async () => {
      await cloud.stop();
      await stopOthers();
    },
  };
};

const signingSecrets = (listening: string | undefined): string =>
  JSON.stringify(
    listening
      ? { own: [listening], connect: [listening] }
      : { own: [signing.own], connect: [signing.connect] },
  );

/** Stripe tells its events to the stores' API; both are at rest when neither has anything new for the other. */
const tellOf = async (stripeUrl: string, cloud: Cloud): Promise<Cloud["idle"]> => {
  const stripe = remoteControl(stripeUrl);
  const url = `${cloud.urls.storeApi}/stripe/events`;
  const events = [...lookedAt];
  await stripe.setWebhooks([
    { url, secret: signing.own, connect: false, events },
    { url, secret: signing.connect, connect: true, events },
  ]);
  return async () => {
    for (let before = -1, sent = 0; before !== sent; ) {
      before = sent;
      await cloud.idle();
      sent = await stripe.idle();
    }
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
