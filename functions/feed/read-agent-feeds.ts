import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { listFeeds, removedFeed } from "./agent-feed.store.ts";
import { AgentFeedView, FeedName, viewFeed } from "./agent-feed.ts";
import type { feedRoutes } from "./routes.ts";

export const FeedParams = z.object({ name: FeedName });

export const AgentFeeds = z.object({ agentFeeds: z.array(AgentFeedView) });

type Reads = { readonly table: Pick<Table, "query" | "commit">; readonly now: Clock };

export const listAgentFeeds =
  (on: Reads): Operation<typeof feedRoutes.listAgentFeeds> =>
  async ({ caller }) => ({
    status: 200,
    body: { agentFeeds: (await listFeeds(on.table, caller.storeId)).map(viewFeed) },
  });

/** Its credential goes with the row; a push that has begun ends within ten seconds. What the agent has it keeps. */
export const removeAgentFeed =
  (on: Reads): Operation<typeof feedRoutes.removeAgentFeed> =>
  async (command) => {
    const { caller, params } = command;
    const all = await listFeeds(on.table, caller.storeId);
    const feed = all.find(({ name }) => name === params.name);
    if (!feed) throw new Refusal("not_found", "This store has no agent's feed of this name.");
    const lost = await tryCommit(on.table, [
      removedFeed(feed),
      actOfKey(command, {
        action: "agent_feed.removed",
        decidedBy: "connections:write",
        at: on.now(),
        about: { name: feed.name, host: new URL(feed.url).hostname },
      }),
    ]);
    if (lost.length > 0)
      throw new Refusal("conflict", "The feed was changed at the same time; read it and try again.");
    return { status: 200, body: viewFeed(feed) };
  };
