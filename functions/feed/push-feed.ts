import { type FeedProduct, feedProductOf } from "#functions/catalog/feed.ts";
import type { ProductStore } from "#functions/catalog/product.store.ts";
import type { Offer } from "#functions/catalog/product.ts";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { ProductId } from "#functions/values/id.ts";
import { type Pushed, pushedProduct, readPushed } from "./agent-feed.store.ts";
import { type AgentFeed, times } from "./agent-feed.ts";
import type { AgentFeedApi, Failure } from "./agent-feed-api.ts";

export type Pushes = {
  readonly products: Pick<ProductStore, "list">;
  readonly table: Pick<Table, "query" | "commit">;
  readonly now: Clock;
};
type At = {
  readonly feed: AgentFeed;
  readonly store: Store;
  readonly api: AgentFeedApi;
  readonly feedId: string;
};

/** So many are looked at, and pushed, at once; with a row each they fit one transaction. */
const pageSize = 50;

/** How far the walk came; `failure`: no further. */
export type Walked = {
  readonly after: ProductId | undefined;
  readonly refused: readonly ProductId[];
  readonly failure?: Failure | undefined;
};

/**
 * A page of the catalog: what is not as the agent was last told is told, all in one request. That it is sent is noted
 * before, and that it was taken after: an answer may be lost, and the product be again as it was told before.
 */
export const pushPage = async (on: Pushes, at: At, after: ProductId | undefined): Promise<Walked> => {
  const { offers, next } = await on.products.list(at.store.id, {
    matches: () => true,
    after,
    limit: pageSize,
  });
  const [first, last] = [offers[0], offers.at(-1)];
  if (!first || !last) return { after: next, refused: [] };
  const known = await readPushed(on.table, at.feed, { first: first.product.id, last: last.product.id });
  const news = offers.map((offer) => changeOf(offer, at.store, known.get(offer.product.id), on.now()));
  const changes = news.flatMap((each) => each.push ?? []);
  await note(on, at.feed, { sent: changes });
  const { failure, ...answered } = await push(at, changes);
  await note(on, at.feed, answered);
  const { refused } = answered;
  const stillRefused = news.flatMap((each) => each.stillRefused ?? []);
  return {
    after: failure ? after : next,
    refused: [...stillRefused, ...refused.map(({ product }) => product.id)],
    failure,
  };
};

type Change = { readonly product: FeedProduct; readonly digest: string };
type News = { readonly push?: Change; readonly stillRefused?: ProductId };

const changeOf = ({ product, stock }: Offer, store: Store, known: Pushed | undefined, now: Instant): News => {
  const active = product.active && store.status === "active";
  // What the agent never heard of it need not forget.
  if (!active && !known) return {};
  const told = feedProductOf({ product: { ...product, active }, stock }, store);
  const digest = sha256(canonicalJson(told));
  const push = { product: told, digest };
  if (digest !== known?.digest || known.at + times.again[known.state] <= now) return { push };
  return known.state === "refused" ? { stillRefused: product.id } : {};
};

const note = async (
  on: Pushes,
  feed: AgentFeed,
  changes: Partial<Record<Pushed["state"], readonly Change[]>>,
): Promise<void> => {
  const at = on.now();
  const writes = (["sent", "taken", "refused"] as const).flatMap((state) =>
    (changes[state] ?? []).map(({ product, digest }) =>
      pushedProduct(feed, product.id, { digest, state, at, of: feed.putAt }),
    ),
  );
  if (writes.length > 0) await on.table.commit(writes);
};

type Taken = {
  readonly taken: readonly Change[];
  readonly refused: readonly Change[];
  readonly failure?: Failure | undefined;
};
const nothing: Taken = { taken: [], refused: [] };

/** One that is refused must not keep the others from being told, so a refused batch is halved until it stands alone. */
const push = async (at: At, changes: readonly Change[]): Promise<Taken> => {
  if (changes.length === 0) return nothing;
  const said = await at.api.upsert(
    at.feedId,
    changes.map(({ product }) => product),
  );
  if ("body" in said && said.body.accepted) return { taken: changes, refused: [] };
  if ("failure" in said && !said.failure.refused) return { ...nothing, failure: said.failure };
  if (changes.length === 1) return { taken: [], refused: changes };
  const half = Math.ceil(changes.length / 2);
  const first = await push(at, changes.slice(0, half));
  const second = first.failure ? nothing : await push(at, changes.slice(half));
  return {
    taken: [...first.taken, ...second.taken],
    refused: [...first.refused, ...second.refused],
    failure: first.failure ?? second.failure,
  };
};
