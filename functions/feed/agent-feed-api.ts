import { z } from "zod";
import type { FeedProduct } from "#functions/catalog/feed.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Dial, DialRequest } from "#functions/runtime/outbound.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import { type AgentFeed, credentialPurpose, FeedId } from "./agent-feed.ts";

/** `refused`: what was sent is none that it takes; else it may take the same later. `status` 0: no answer came. */
export type Failure = {
  readonly status: number;
  readonly refused: boolean;
  readonly retryAfter?: string | undefined;
};
export type Said<Body> = { readonly body: Body } | { readonly failure: Failure };

export type AgentFeedApi = {
  make(): Promise<Said<{ id: string }>>;
  upsert(feedId: string, products: readonly FeedProduct[]): Promise<Said<{ accepted: boolean }>>;
};

export type CallsFeed = {
  readonly dial: Dial;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly now: Clock;
};

/** Of all calls of one look together. */
export const budget = seconds(8);
const maxResponseBytes = 4_096;

const Made = z.object({ id: FeedId });
const Accepted = z.object({ accepted: z.boolean() });

/** An agent's Feed API (ACP 2026-04-17): its credential is opened for this look and not kept. */
export const agentFeedApi = async (on: CallsFeed, feed: AgentFeed): Promise<AgentFeedApi> => {
  const { storeId, sealedCredential, url, targetCountry } = feed;
  const opened = await on.seal.unsealForStore(storeId, credentialPurpose(feed), sealedCredential);
  const authorization = `Bearer ${Buffer.from(opened).toString("utf8")}`;
  const until = on.now() + budget;
  const call = async <Schema extends z.ZodType>(
    { method, path, body }: { method: DialRequest["method"]; path: string; body: object },
    schema: Schema,
  ): Promise<Said<z.infer<Schema>>> => {
    const answer = await on.dial({
      url: `${url.replace(/\/$/, "")}/feeds${path}`,
      method,
      headers: {
        authorization,
        "api-version": "2026-04-17",
        "content-type": "application/json",
        accept: "application/json",
      },
      body: JSON.stringify(body),
      timeoutMs: Math.max(1, until - on.now()),
      maxResponseBytes,
    });
    if (!answer.answered) return { failure: { status: 0, refused: false } };
    const { status, headers } = answer;
    const said = status < 300 ? schema.safeParse(parsed(answer.body)).data : undefined;
    if (said !== undefined) return { body: said };
    const refused = status === 400 || status === 413 || status === 422;
    return { failure: { status, refused, retryAfter: headers["retry-after"] } };
  };
  return {
    make: () =>
      call({ method: "POST", path: "", body: targetCountry ? { target_country: targetCountry } : {} }, Made),
    upsert: (feedId, products) =>
      call(
        { method: "PATCH", path: `/${encodeURIComponent(feedId)}/products`, body: { products } },
        Accepted,
      ),
  };
};

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
};
