import { Refusal } from "#functions/values/refusal.ts";

/** How many requests a principal may make in a window, how many it has made, and when the next one begins. */
export type Quota = {
  readonly limit: number;
  readonly used: number;
  readonly windowSeconds: number;
  readonly resetSeconds: number;
};

const names = ["limit", "used", "windowSeconds", "resetSeconds"] as const;

/** As the authorizer hands it on: a gateway's context is text. */
export const writeQuota = (quota: Quota): string => names.map((name) => quota[name]).join(" ");

/** `undefined` where nobody counted. Faults are told with it, so it never throws. */
export const readQuota = (text: unknown): Quota | undefined => {
  if (typeof text !== "string" || !/^\d+( \d+){3}$/.test(text)) return undefined;
  const [limit = 0, used = 0, windowSeconds = 0, resetSeconds = 0] = text.split(" ").map(Number);
  return { limit, used, windowSeconds, resetSeconds };
};

/** Before anything is looked at: what is refused is as cheap as can be. */
export const refuseOverQuota = (quota: Quota | undefined): void => {
  if (quota === undefined || quota.used <= quota.limit) return;
  const { limit, windowSeconds, resetSeconds: retryAfterSeconds } = quota;
  throw new Refusal(
    "rate_limited",
    `More than ${limit} requests in ${windowSeconds} seconds. Send the request again after Retry-After.`,
    { retryAfterSeconds },
  );
};

/** draft-ietf-httpapi-ratelimit-headers-10 §3 and §4, so that a client can slow down before it is told to. */
export const quotaHeaders = (quota: Quota | undefined): Readonly<Record<string, string>> => {
  if (quota === undefined) return {};
  const { limit, used, windowSeconds, resetSeconds } = quota;
  return {
    "ratelimit-policy": `"requests";q=${limit};w=${windowSeconds}`,
    ratelimit: `"requests";r=${Math.max(0, limit - used)};t=${resetSeconds}`,
  };
};
