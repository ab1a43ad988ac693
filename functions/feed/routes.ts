import type { Routes } from "#functions/runtime/route.ts";
import { AgentFeedView } from "./agent-feed.ts";
import { PutAgentFeed } from "./put-agent-feed.ts";
import { AgentFeeds, FeedParams } from "./read-agent-feeds.ts";

export const feedRoutes = {
  listAgentFeeds: {
    method: "GET",
    path: "/agent_feeds",
    scope: "store:read",
    summary:
      "The agents' feeds that the store's products are told to, and how that goes; never a credential.",
    answers: { 200: AgentFeeds },
  },
  putAgentFeed: {
    method: "PUT",
    path: "/agent_feeds",
    scope: "connections:write",
    recorded: { as: "agent_feed.put", with: "act" },
    summary:
      "Has the store's products told to a feed that an agent keeps (ACP's Feed API), and each change from then on. To put it again pushes everything anew.",
    body: PutAgentFeed,
    answers: { 200: AgentFeedView },
  },
  removeAgentFeed: {
    method: "DELETE",
    path: "/agent_feeds/{name}",
    scope: "connections:write",
    recorded: { as: "agent_feed.removed", with: "act" },
    summary: "Tells the feed nothing more and forgets its credential; what the agent has it keeps.",
    params: FeedParams,
    answers: { 200: AgentFeedView },
  },
} as const satisfies Routes;
