import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import { type Instant, seconds } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { earliest } from "#functions/webhook/delivery.ts";
import { claimedFeed, notedFeed } from "./agent-feed.store.ts";
import { AgentFeed, times, waitAfter } from "./agent-feed.ts";
import { type AgentFeedApi, agentFeedApi, type CallsFeed, type Failure } from "./agent-feed-api.ts";
import { type Pushes, pushPage, type Walked } from "./push-feed.ts";

type Sweeps = CallsFeed &
  Pushes & {
    readonly table: Pick<Table, "get" | "query" | "commit">;
    readonly stores: { get(storeId: StoreId): Promise<Store | undefined> };
    readonly log: Log;
    readonly count: Count;
  };

/** Tells each agent that keeps a feed of a store what changed of its products. */
export const sweepFeeds = (on: Sweeps) => (): Promise<number> =>
  sweepDue(on, { table: "access", kind: "agent-feed" }, (row) =>
    tellFeed(on, AgentFeed.parse(row), Number(row["dueAt"])),
  );

const tellFeed = async (on: Sweeps, feed: AgentFeed, dueAt: Instant): Promise<void> => {
  const now = on.now();
  if (!(dueAt <= now)) return;
  const until = now + times.lease;
  const lost = await tryCommit(on.table, [claimedFeed(feed, dueAt, until)]);
  const store = await on.stores.get(feed.storeId);
  if (lost.length > 0 || !store) return;
  const api = await agentFeedApi(on, feed);
  const made = await madeFeed(on, feed, api, until);
  const walked =
    "failure" in made
      ? { after: feed.after, refused: feed.refused, failure: made.failure }
      : await walk(on, { feed, store, api, feedId: made.feedId });
  const { set, next } = afterLook(feed, walked, on.now());
  warn(on, { ...feed, ...set }, on.now());
  await tryCommit(on.table, [notedFeed(feed, until, set, next)]);
};

/** Noted at once: an answer that is lost before makes it twice, and the first stays empty. */
const madeFeed = async (
  on: Sweeps,
  feed: AgentFeed,
  api: AgentFeedApi,
  claimedUntil: Instant,
): Promise<{ feedId: string } | { failure: Failure }> => {
  if (feed.feedId !== undefined) return { feedId: feed.feedId };
  const said = await api.make();
  if ("failure" in said) return said;
  await on.table.commit([notedFeed(feed, claimedUntil, { feedId: said.body.id })]);
  return { feedId: said.body.id };
};

/** Well within what all calls of a look have; what is left goes on a minute later. */
const walkSeconds = 5;

const walk = async (on: Sweeps, at: Parameters<typeof pushPage>[1]): Promise<Walked> => {
  const until = on.now() + seconds(walkSeconds);
  let walked: Walked = { after: at.feed.after, refused: at.feed.after === undefined ? [] : at.feed.refused };
  do {
    const page = await pushPage(on, at, walked.after);
    walked = { ...page, refused: [...new Set([...walked.refused, ...page.refused])].slice(0, 20) };
  } while (walked.after !== undefined && !walked.failure && on.now() < until);
  return walked;
};

type Look = { readonly set: Partial<AgentFeed>; readonly next: Instant };

const afterLook = (feed: AgentFeed, { after, refused, failure }: Walked, now: Instant): Look => {
  const far = { after, refused: [...refused] };
  if (!failure) {
    const well = { ...far, failures: 0, failingSince: undefined, lastStatus: undefined };
    return after === undefined
      ? { set: { ...well, pushedAt: now }, next: now + times.walk }
      : { set: well, next: now };
  }
  const failures = feed.failures + 1;
  return {
    set: { ...far, failures, failingSince: feed.failingSince ?? now, lastStatus: failure.status },
    next: Math.max(now + waitAfter(failures), earliest(failure.retryAfter, now)),
  };
};

const warn = (on: Sweeps, { storeId, failingSince }: AgentFeed, now: Instant): void => {
  if (failingSince === undefined || failingSince + times.alarm > now) return;
  on.count("AgentFeedFailing");
  on.log.warn("an agent's feed takes nothing for a day", { storeId });
};
