import type { Dial } from "#functions/runtime/outbound.ts";
import type { RequestFacts } from "#functions/runtime/route.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { type Clock, hours, type Instant, minutes } from "#functions/values/clock.ts";
import { isSignedBy, PublishedKeys } from "./leak-alert.ts";

/** Whether GitHub signed these bytes. Nobody can tell while its keys can't be had: then it is to come again. */
export type VerifyAlert = (facts: Pick<RequestFacts, "raw" | "headers">) => Promise<boolean>;

const publishedAt = "https://api.github.com/meta/public_keys/secret_scanning";

type Known = { readonly keys: ReadonlyMap<string, string>; readonly readAt: Instant };

export const alertVerifier = (on: { dial: Dial; now: Clock }): VerifyAlert => {
  let known: Known = { keys: new Map(), readAt: Number.NEGATIVE_INFINITY };
  return async ({ raw, headers }) => {
    const id = headers["github-public-key-identifier"];
    const signature = headers["github-public-key-signature"];
    if (!raw || !id || !signature) return false;
    // Keys are turned, so a new id is asked for; but strangers make up ids, and GitHub is not asked for each.
    const age = on.now() - known.readAt;
    if (age > hours(1) || (age > minutes(1) && !known.keys.has(id))) known = await published(on);
    const key = known.keys.get(id);
    return key !== undefined && isSignedBy(key, raw, signature);
  };
};

const published = async ({ dial, now }: { dial: Dial; now: Clock }): Promise<Known> => {
  const result = await dial({
    url: publishedAt,
    method: "GET",
    // GitHub answers nobody who does not say who they are.
    headers: { accept: "application/json", "user-agent": "agentic-checkout" },
    timeoutMs: 5_000,
    maxResponseBytes: 65_536,
  });
  if (!result.answered) throw new Unavailable(`GitHub's keys could not be read: ${result.reason}`);
  if (result.status !== 200) throw new Unavailable(`GitHub's keys could not be read: ${result.status}`);
  const { public_keys } = PublishedKeys.parse(JSON.parse(Buffer.from(result.body).toString("utf8")));
  return {
    keys: new Map(public_keys.map(({ key_identifier, key }) => [key_identifier, key])),
    readAt: now(),
  };
};
