import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { type OutboundPolicy, parseOutboundUrl, urlRule } from "#functions/runtime/outbound-url.ts";
import type { Command, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { listFeeds, savedFeed } from "./agent-feed.store.ts";
import {
  type AgentFeed,
  credentialPurpose,
  FeedId,
  FeedName,
  feedLimit,
  TargetCountry,
  viewFeed,
} from "./agent-feed.ts";
import type { feedRoutes } from "./routes.ts";

export const PutAgentFeed = z.strictObject({
  name: FeedName,
  /** What comes before `/feeds`. */
  url: z.string().min(1).max(2_000),
  /** Sent as `Authorization: Bearer`. Left out: as before, at the same host only. */
  credential: z
    .string()
    .regex(/^[!-~]{8,1000}$/, { error: "must be 8 to 1000 characters without space" })
    .optional(),
  /** Of a feed that the agent has made already; left out, it is asked for one. */
  feedId: FeedId.optional(),
  targetCountry: TargetCountry.optional(),
});
type PutAgentFeed = z.infer<typeof PutAgentFeed>;

type Puts = {
  readonly table: Pick<Table, "query" | "commit">;
  readonly seal: Pick<StoreSeal, "sealForStore">;
  readonly policy: OutboundPolicy;
  readonly now: Clock;
};
type Asked = Command<typeof feedRoutes.putAgentFeed>;

/** Has the store's products told to an agent's feed, all of them from the beginning: to put it again is to push anew. */
export const putAgentFeed =
  (on: Puts): Operation<typeof feedRoutes.putAgentFeed> =>
  async (command) => {
    const { caller, body } = command;
    refuseUnfit(body, on.policy);
    const all = await listFeeds(on.table, caller.storeId);
    const before = all.find(({ name }) => name === body.name);
    if (!before && all.length >= feedLimit)
      throw new Refusal("limit_exceeded", `A store has at most ${feedLimit} agents' feeds.`);
    // Each is later than the one before, which is what it is known by.
    const putAt = Math.max(on.now(), (before?.putAt ?? 0) + 1);
    const after = await feedOf(on, command, before, putAt);
    const lost = await tryCommit(on.table, [savedFeed(before, after), recordOf(command, putAt)]);
    if (lost.length > 0)
      throw new Refusal("conflict", "The feed was changed at the same time; read it and try again.");
    return { status: 200, body: viewFeed(after) };
  };

const feedOf = async (
  on: Puts,
  { caller, body }: Asked,
  before: AgentFeed | undefined,
  putAt: Instant,
): Promise<AgentFeed> => {
  const { storeId, principalId } = caller;
  const { name, url, targetCountry } = body;
  const isSame = before?.url === url && before.targetCountry === targetCountry;
  const feedId = body.feedId ?? (isSame ? before?.feedId : undefined);
  return {
    ...{ storeId, name, url, putAt, refused: [], failures: 0 },
    ...(targetCountry !== undefined && { targetCountry }),
    ...(feedId !== undefined && { feedId }),
    ...(await credentialOf(on, { storeId, putAt }, body, before)),
    ownerId: before?.ownerId ?? principalId,
    createdAt: before?.createdAt ?? putAt,
  };
};

/** One that is kept goes to no other host: whoever may change the URL must not learn it. */
const credentialOf = async (
  on: Puts,
  { storeId, putAt }: Pick<AgentFeed, "storeId" | "putAt">,
  { name, url, credential }: PutAgentFeed,
  before: AgentFeed | undefined,
): Promise<Pick<AgentFeed, "sealedCredential" | "credentialAt">> => {
  if (credential !== undefined) {
    const purpose = credentialPurpose({ name, credentialAt: putAt });
    const sealed = await on.seal.sealForStore(storeId, purpose, Buffer.from(credential));
    return { sealedCredential: Uint8Array.from(sealed), credentialAt: putAt };
  }
  if (!before || new URL(before.url).origin !== new URL(url).origin)
    throw new Refusal("invalid", "credential is wanted for a feed that is new, or at another host.", {
      param: "$.credential",
    });
  const { sealedCredential, credentialAt } = before;
  return { sealedCredential, credentialAt };
};

const refuseUnfit = ({ url: text }: PutAgentFeed, policy: OutboundPolicy): void => {
  const url = parseOutboundUrl(text, policy)?.url;
  const param = { param: "$.url" };
  if (!url) throw new Refusal("invalid", `$.url ${urlRule}.`, param);
  if (url.search !== "") throw new Refusal("invalid", "$.url must be without parameters.", param);
};

const recordOf = (command: Asked, at: Instant) =>
  actOfKey(command, {
    action: "agent_feed.put",
    decidedBy: "connections:write",
    at,
    about: { name: command.body.name, host: new URL(command.body.url).hostname },
  });
