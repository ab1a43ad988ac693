import { stoppedKeys } from "#functions/access/stopped-key.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { isMidWay } from "#functions/checkout/checkout.ts";
import { endIdleCheckout } from "#functions/checkout/end-idle-checkout.ts";
import type { DomainStore } from "#functions/domain/domain.store.ts";
import { ended } from "#functions/domain/domain.ts";
import { endedWrites } from "#functions/domain/end-domain.ts";
import { expiringFeed, listFeeds } from "#functions/feed/agent-feed.store.ts";
import { type ConnectionStore, expiringConnection } from "#functions/fulfillment/connection.store.ts";
import { walkTime } from "#functions/operator/limits.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type WalkCursor, type WalkPart, walkRows } from "#functions/runtime/walk-rows.ts";
import { seconds } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { type EndpointStore, expiringEndpoint } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { type StandStore, type StandsStores, standStore } from "./stand-store.ts";
import type { Store } from "./store.ts";
import { type Turn, type TurnsKeys, turnKeys } from "./turn-keys.ts";

export type StopsStores = StandsStores &
  TurnsKeys & {
    table: Table;
    domains: DomainStore;
    endpoints: Pick<EndpointStore, "list">;
    connections: ConnectionStore;
  };

/** What one call came to; calls add up. */
export type Stopped = {
  readonly done: boolean;
  readonly part: {
    readonly keysStopped: number;
    readonly domainsReleased: number;
    /** They hear what orders still have to tell, for 180 days. */
    readonly endpointsEnding: number;
    /** Its shop's, and agents' feeds: what somebody else let us in by goes as late. */
    readonly credentialsEnding: number;
    readonly checkoutsEnded: number;
    /** They run to their end: an order that is kept, or a checkout that nobody can complete any more. */
    readonly checkoutsBeingPaid: number;
  };
  readonly cursor?: NonNullable<StandStore["cursor"]>;
  readonly waitSeconds?: number;
};

/** Before the walk: how far an index may lag behind. */
const lag = seconds(10);

/**
 * After the answer `done` no request that begins is served with a key of this store, no session of it is open, and none
 * can be begun. First the store's own row and its fence, in one transaction, then its keys, by page: a key that is issued
 * demands an active store, so all there are can be listed. Then, when indexes have caught up, its open sessions. Orders run to
 * their end and data follows its retention. All is in rows, so a call that dies is simply made again.
 */
export const stopStore =
  (on: StopsStores, how: "suspended" | "closed") =>
  async (command: StandStore, actor: Actor): Promise<Stopped> => {
    const { storeId, cursor } = command;
    const store = await standStore(on, how)(command, actor);
    if (cursor?.walk) return walk(on, storeId, cursor.walk);
    const from = { storeId, after: cursor?.afterKey, until: on.now() + walkTime };
    const { count, rest } = await turnKeys(on, stopping, from);
    const keys = { ...none, keysStopped: count };
    if (rest) return { done: false, part: keys, cursor: rest };
    const part = how === "closed" ? { ...keys, ...(await emptied(on, store)) } : keys;
    return { done: false, part, cursor: { walk: { part: 0 } }, waitSeconds: lag / 1_000 };
  };

const none: Stopped["part"] = {
  keysStopped: 0,
  domainsReleased: 0,
  endpointsEnding: 0,
  credentialsEnding: 0,
  checkoutsEnded: 0,
  checkoutsBeingPaid: 0,
};

const stopping: Turn = {
  concerns: ({ revokedAt, storeStoppedAt }) => revokedAt === undefined && storeStoppedAt === undefined,
  writes: stoppedKeys,
};

/** What a closed store has besides. */
const emptied = async (on: StopsStores, store: Store) => ({
  domainsReleased: await releaseDomains(on, store),
  endpointsEnding: await endEndpoints(on, store.id),
  credentialsEnding: await endCredentials(on, store.id),
});

/** One after the other: each changes the store's row. */
const releaseDomains = async (on: StopsStores, store: Store): Promise<number> => {
  const { verifiedDomains } = store;
  for (const host of verifiedDomains) await releaseDomain(on, store.id, host);
  return verifiedDomains.length;
};

const releaseDomain = async (on: StopsStores, storeId: StoreId, host: string): Promise<void> => {
  const [store, before, claim] = await Promise.all([
    on.stores.get(storeId),
    on.domains.get(storeId, host),
    on.domains.claim(host),
  ]);
  if (!store || before?.status !== "verified") return;
  const after = ended(before, "removed", on.now());
  const lost = await tryCommit(on.table, endedWrites({ before, after, store, claim }, undefined));
  // Somebody changed it or the store meanwhile.
  if (lost.length > 0) await releaseDomain(on, storeId, host);
};

const endEndpoints = async (on: StopsStores, storeId: StoreId): Promise<number> => {
  const endpoints = await on.endpoints.list(storeId);
  const end = (endpoint: Endpoint) => tryCommit(on.table, [expiringEndpoint(endpoint, on.now())]);
  await Promise.all(endpoints.map(end));
  return endpoints.length;
};

const endCredentials = async (on: StopsStores, storeId: StoreId): Promise<number> => {
  const [connection, feeds] = await Promise.all([on.connections.get(storeId), listFeeds(on.table, storeId)]);
  const now = on.now();
  const ending = [
    ...(connection ? [expiringConnection(connection, now)] : []),
    ...feeds.map((feed) => expiringFeed(feed, now)),
  ];
  await Promise.all(ending.map((write) => tryCommit(on.table, [write])));
  return ending.length;
};

const walk = async (on: StopsStores, storeId: StoreId, from: WalkCursor): Promise<Stopped> => {
  const met = { checkoutsEnded: 0, checkoutsBeingPaid: 0 };
  const parts = shards.map((shard) => checkoutsIn(on, { storeId, shard }, met));
  const { rest } = await walkRows(on, parts, { from, until: on.now() + walkTime });
  return { done: rest === undefined, part: { ...none, ...met }, ...(rest && { cursor: { walk: rest } }) };
};

type Share = { storeId: StoreId; shard: number };
type Met = { checkoutsEnded: number; checkoutsBeingPaid: number };

/** Whatever is not final is due at some time. */
const checkoutsIn = (on: StopsStores, { storeId, shard }: Share, met: Met): WalkPart => {
  return {
    table: "commerce",
    query: { index: "due", pk: dueKey("checkout", shard) },
    visit: async (key) => {
      const checkout = key.pk.startsWith(`${storeId}#`) ? await endIdleCheckout(on)(key) : undefined;
      if (checkout) met[isMidWay(checkout.status) ? "checkoutsBeingPaid" : "checkoutsEnded"] += 1;
    },
  };
};
