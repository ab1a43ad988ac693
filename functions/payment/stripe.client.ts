import StripeSdk from "stripe";
import { z } from "zod";
import type { Environment } from "#functions/runtime/environment.ts";
import type { ClientOf } from "#functions/runtime/platform.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import type { Account, Stripe, Unknown } from "./stripe.ts";
import type { VerifyStripeEvent } from "./stripe-event.ts";
import { type StripeRequest, stripeOver } from "./stripe-request.ts";
import { StripeMisconfigured, type StripeResponse } from "./stripe-response.ts";
import {
  goodAt,
  modeOf,
  type ProveStripeKey,
  parseKeys,
  parseSigningSecrets,
  type StripeKeys,
} from "./stripe-secret.ts";

/** Needs `STRIPE_SECRET_ARN` and leave to read it; `STRIPE_API_BASE` on local stages only. */
export const stripeClient: ClientOf<Stripe> = (on) => stripeWith(on.environment, secretsClient(on));

/**
 * The secret is kept for minutes, so a key that was rolled is in use without a deployment. Where the old one is refused
 * before that, it is read again, once, and the call repeated under its own idempotency key: a refused one did nothing.
 */
export const stripeWith = (environment: Environment, readSecret: ReadSecret): Stripe => {
  const sdkOf = sdkByMode(environment);
  const read = (stale?: string) => readSecret(environment.get("STRIPE_SECRET_ARN"), stale);
  return stripeOver(async (of, request) => {
    const keys = await read();
    const answer = await sendWith(sdkOf(keys, of.livemode), of, request);
    if ("outcome" in answer || answer.status !== 401) return answer;
    const newer = await read(keys);
    return newer === keys ? answer : sendWith(sdkOf(newer, of.livemode), of, request);
  });
};

/** One SDK a key. */
const sdkByMode = (environment: Environment) => {
  const made = new Map<string, StripeSdk>();
  return (keys: string, livemode: boolean): StripeSdk => {
    const key = keyOf(parseKeys(keys), livemode);
    const sdk = made.get(key) ?? stripeSdk(key, environment.find("STRIPE_API_BASE"));
    made.set(key, sdk);
    return sdk;
  };
};

const keyOf = ({ test, live }: StripeKeys, livemode: boolean): string => {
  const key = livemode ? live : test;
  if (key) return key;
  throw new Error(`no Stripe secret key for ${livemode ? "live" : "test"} mode`);
};

/** Whether Stripe lets a key in that is in no secret yet, and to what we use it for. */
export const proveStripeKeyClient: ClientOf<ProveStripeKey> =
  ({ environment, now }) =>
  async (key) => {
    const mode = modeOf(key);
    const stripe = stripeWith(environment, async () => JSON.stringify({ [mode]: key }));
    const created = { from: now() - seconds(1), to: now(), atMost: 1 };
    try {
      return (await stripe.listPaymentIntents({ livemode: mode === "live" }, created)).outcome === "answered";
    } catch (error) {
      if (error instanceof StripeMisconfigured) return false;
      throw error;
    }
  };

/** Everything is explicit: the SDK's own defaults wait 80 seconds and make keys up. */
const stripeSdk = (key: string, base: string | undefined): StripeSdk =>
  new StripeSdk(key, {
    maxNetworkRetries: 0,
    timeout: seconds(9.5),
    telemetry: false,
    ...(base && hostOf(new URL(base))),
  });

const hostOf = (url: URL) => ({
  host: url.hostname,
  port: url.port,
  protocol: url.protocol === "http:" ? ("http" as const) : ("https" as const),
});

const sendWith = async (
  sdk: StripeSdk,
  { stripeAccount }: Account,
  { method, path, params, key, version }: StripeRequest,
): Promise<StripeResponse | Unknown> => {
  try {
    const answer = await inTime(
      sdk.rawRequest(method, path, params && { ...params }, {
        ...(key && { idempotencyKey: key }),
        ...(version && { apiVersion: version }),
        ...(stripeAccount && { stripeAccount }),
      }),
    );
    return answer ? successOf(answer) : noAnswer;
  } catch (error) {
    return failureOf(error);
  }
};

const noAnswer: Unknown = { outcome: "unknown", reason: "no_answer", keySpent: false };

/**
 * The SDK tries a closed connection a second time even with retries off, and its timeout starts anew then (and
 * with every byte). The key makes that second try harmless; the limit keeps it inside our own time.
 */
const inTime = async (answer: Promise<unknown>): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds(10));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

const Success = z.object({
  lastResponse: z.object({ statusCode: z.int(), headers: z.record(z.string(), z.unknown()) }),
});

const successOf = (body: unknown): StripeResponse => {
  const { lastResponse } = Success.parse(body);
  return { status: lastResponse.statusCode, body, replayed: isReplayed(lastResponse.headers) };
};

const failureOf = (error: unknown): StripeResponse | Unknown => {
  if (!(error instanceof StripeSdk.errors.StripeError)) throw error;
  const { statusCode, raw, headers } = error;
  if (statusCode === undefined) return noAnswer;
  return { status: statusCode, body: { error: raw }, replayed: isReplayed(headers ?? {}) };
};

const isReplayed = (headers: Readonly<Record<string, unknown>>): boolean =>
  headers["idempotent-replayed"] === "true";

/** Needs `STRIPE_EVENTS_SECRET_ARN` and leave to read it. */
export const stripeEventsClient: ClientOf<VerifyStripeEvent> = (on) => {
  const readSecret = secretsClient(on);
  return verifyWith(on.now, () => readSecret(on.environment.get("STRIPE_EVENTS_SECRET_ARN")));
};

export const verifyWith =
  (now: Clock, readSecrets: () => Promise<string>): VerifyStripeEvent =>
  async (body, signature = "") => {
    const text = utf8(body);
    if (text === undefined || !isFresh(signature, now())) return undefined;
    const secrets = parseSigningSecrets(await readSecrets());
    const signedBy = (["own", "connect"] as const).filter((who) =>
      goodAt(secrets[who], now()).some((secret) => isSigned({ text, signature, secret, now: now() })),
    );
    return signedBy.length > 0 ? { by: signedBy, event: JSON.parse(text) } : undefined;
  };

/** Nothing is mended on the way, so that what is verified is what was sent. */
const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Seconds, to either side: the SDK lets anything through that comes from the future. */
const tolerance = 300;

/** One form only (docs.stripe.com/webhooks#verify-manually): the SDK reads a time out of much else. */
const isFresh = (signature: string, now: number): boolean => {
  const [, at] = /^t=([1-9]\d{0,11})(?:,v\d=[0-9a-f]{64})+$/.exec(signature) ?? [];
  return at !== undefined && Math.abs(Math.floor(now / 1_000) - Number(at)) <= tolerance;
};

type Claim = { text: string; signature: string; secret: string; now: number };

/** The SDK compares each `v1` in constant time. */
const isSigned = ({ text, signature, secret, now }: Claim): boolean => {
  try {
    StripeSdk.webhooks.constructEvent(text, signature, secret, tolerance, undefined, now);
    return true;
  } catch {
    return false;
  }
};
