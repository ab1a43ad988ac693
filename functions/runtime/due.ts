/**
 * Every row that somebody must move on carries `due` and `dueAt`: the sparse index `due` is what all sweepers
 * read. Four shards a kind keep one busy minute from landing on one partition.
 */
export const dueKinds = [
  "checkout",
  "order",
  "event",
  "delivery",
  "stripe-event",
  "domain",
  "erasure",
  "license-key",
  "exposed-key",
  "support-grant",
  "shop",
  "agent-feed",
] as const;
export type DueKind = (typeof dueKinds)[number];

export const shards = [0, 1, 2, 3] as const;

export const dueKey = (kind: DueKind, shard: number): string => `${kind}#${shard}`;

/** The attributes to store; the shard follows from the row's partition. */
export const dueAt = (kind: DueKind, pk: string, at: number): { due: string; dueAt: number } => ({
  due: dueKey(kind, shardOf(pk)),
  dueAt: at,
});

/** The attributes that take a row out of the index. */
export const notDue = { due: undefined, dueAt: undefined } as const;

/** Over the whole key: the last characters of an id are not evenly spread. */
export const shardOf = (pk: string): number =>
  [...pk].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 65_521, 0) % shards.length;
