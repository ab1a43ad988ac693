import { z } from "zod";
import { allRows } from "#functions/runtime/all-rows.ts";
import { all, equals, missing } from "#functions/runtime/condition.ts";
import { dueAt } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { goneAfterClosing } from "#functions/store/retention.ts";
import { Instant } from "#functions/values/clock.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import { AgentFeed, times } from "./agent-feed.ts";

const prefix = "agent-feed#";
const keyOf = ({ storeId, name }: Pick<AgentFeed, "storeId" | "name">): Key => ({
  pk: storeId,
  sk: `${prefix}${name}`,
});
const at = (feed: Pick<AgentFeed, "storeId" | "name">) => ({ table: "access", key: keyOf(feed) }) as const;

export const listFeeds = async (table: Pick<Table, "query">, storeId: StoreId): Promise<AgentFeed[]> => {
  const rows = await allRows(table, "access", { pk: storeId, from: prefix, to: `${prefix}~` });
  return rows.map((row) => AgentFeed.parse(row));
};

/** Refused where somebody has put or removed it meanwhile. */
export const savedFeed = (before: AgentFeed | undefined, after: AgentFeed): Write => ({
  ...at(after),
  change: { put: { ...after, ...dueAt("agent-feed", after.storeId, after.putAt) } },
  condition: before ? equals("putAt", before.putAt) : missing(),
});

export const removedFeed = (feed: AgentFeed): Write => ({
  ...at(feed),
  change: { remove: true },
  condition: equals("putAt", feed.putAt),
});

/** Its store is closed: it tells that nothing is sold any more, and goes with its credential. The first time counts. */
export const expiringFeed = (feed: AgentFeed, now: Instant): Write => ({
  ...at(feed),
  change: { set: goneAfterClosing(now) },
  condition: all(equals("putAt", feed.putAt), missing("expiresAtSeconds")),
});

/** Two never push to one feed at once, nor does one make it again that was made since it was read. */
export const claimedFeed = (feed: AgentFeed, seen: Instant, until: Instant): Write => ({
  ...at(feed),
  change: { set: dueAt("agent-feed", feed.storeId, until) },
  condition: all(
    equals("putAt", feed.putAt),
    equals("dueAt", seen),
    feed.feedId === undefined ? missing("feedId") : equals("feedId", feed.feedId),
  ),
});

/** Of the one whose claim still stands, about the feed as it was put. */
export const notedFeed = (
  feed: AgentFeed,
  claimedUntil: Instant,
  set: Partial<AgentFeed>,
  next: Instant = claimedUntil,
): Write => ({
  ...at(feed),
  change: { set: { ...set, ...dueAt("agent-feed", feed.storeId, next) } },
  condition: all(equals("putAt", feed.putAt), equals("dueAt", claimedUntil)),
});

/** What the agent was told last of a product, by its digest. */
export const Pushed = z.object({
  digest: z.string(),
  /** `sent`: it may be there or not, so whatever comes next is told. */
  state: z.enum(["sent", "taken", "refused"]),
  at: Instant,
  /** Of which `putAt`. */
  of: Instant,
});
export type Pushed = z.infer<typeof Pushed>;

const pushedPrefix = "pushed#";
const pushedUnder = ({ storeId, name }: AgentFeed): string => `${storeId}#${prefix}${name}`;

/** From the first of these products to the last. What was told before the feed was put may be there or not. */
export const readPushed = async (
  table: Pick<Table, "query">,
  feed: AgentFeed,
  { first, last }: { first: ProductId; last: ProductId },
): Promise<ReadonlyMap<ProductId, Pushed>> => {
  const from = `${pushedPrefix}${first}`;
  const rows = await allRows(table, "commerce", {
    pk: pushedUnder(feed),
    from,
    to: `${pushedPrefix}${last}`,
  });
  return new Map(
    rows.map((row) => {
      const pushed = Pushed.parse(row);
      const state = pushed.of === feed.putAt ? pushed.state : "sent";
      return [row.sk.slice(pushedPrefix.length), { ...pushed, state }];
    }),
  );
};

export const pushedProduct = (feed: AgentFeed, id: ProductId, pushed: Pushed): Write => ({
  table: "commerce",
  key: { pk: pushedUnder(feed), sk: `${pushedPrefix}${id}` },
  change: { put: { ...pushed, expiresAtSeconds: Math.ceil((pushed.at + times.known) / 1_000) } },
});
