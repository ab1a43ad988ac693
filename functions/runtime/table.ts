import type { Condition } from "./condition.ts";
import { Unavailable } from "./unavailable.ts";

/**
 * The one port to the tables. A store reads rows and returns writes as data; whoever runs the operation
 * commits them in one transaction, so a transaction spans features without a feature reaching into another.
 * Engines: `table.client.ts` (DynamoDB) and `memory-table.ts`, under one contract suite.
 */
export type Table = {
  /** Strongly consistent. */
  get(table: TableName, key: Key): Promise<Row | undefined>;
  /** A partition in order of `sk`; strongly consistent without `index`. */
  query(table: TableName, query: Query): Promise<Page>;
  /**
   * All writes or none (≤ 100, each key once). Throws `ConditionFailed` with the writes that were refused;
   * conflicts with other transactions are retried with jitter, then thrown as `TableBusy`.
   */
  commit(writes: readonly Write[]): Promise<void>;
  /**
   * One update by itself, and the row that it left, or that refused it: to count by. No transaction, one short try, so
   * it costs one write unit and a moment at most; what was counted may be unknown (`Unavailable`), and a repeat counts
   * again where no condition forbids it. Only for what the caller can go on without.
   */
  tally(update: Tally): Promise<Tallied>;
};

/** DynamoDB's bound on one transaction. */
export const maxWrites = 100;

export const tableNames = [
  "access",
  "commerce",
  "outbox",
  "webhooks",
  "people",
  "audit",
  "erasures",
  "seals",
] as const;
export type TableName = (typeof tableNames)[number];

export type Attribute =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly Attribute[]
  | { readonly [name: string]: Attribute | undefined };

export type Key = { readonly pk: string; readonly sk: string };
/** `undefined` attributes are left out when stored. */
export type Row = Key & { readonly [name: string]: Attribute | undefined };

export type Update = {
  /** `undefined` removes the attribute. */
  readonly set?: { readonly [name: string]: Attribute | undefined };
  readonly add?: { readonly [name: string]: number };
  /** Sets what is left of a number without the row's own attribute as it is then; a missing one counts as 0. */
  readonly left?: { readonly [name: string]: { readonly of: number; readonly without: string } };
};

export type Change =
  | { readonly put: { readonly [name: string]: Attribute | undefined } }
  | Update
  | { readonly remove: true }
  /** Changes nothing; the condition must hold for the transaction to commit. */
  | { readonly check: true };

export type Write = {
  readonly table: TableName;
  readonly key: Key;
  readonly change: Change;
  readonly condition?: Condition;
  readonly plain?: true;
};

export type Tally = Omit<Write, "change" | "plain"> & { readonly change: Update };
/** The row as it is now. */
export type Tallied = { readonly done: boolean; readonly row: Row | undefined };

/**
 * Committed alone, the write may go without a transaction, at half the price: who repeats it because its answer was
 * lost knows it by what it left in the row (`own-write.ts`). Only for a caller who does not mind to be told "refused"
 * where it was done and somebody else has written before the repeat, nor "done" where another wrote the very same.
 */
export const plainly = (write: Write): Write => ({ ...write, plain: true });

/**
 * Sparse indexes that every table has: a row with `due` and `dueAt` is in `due`, one with `list` and `listAt`
 * in `list`; numbers sort them. Both hold keys only: read the row again before acting on it.
 */
export type IndexName = "due" | "list";

export type Query = {
  readonly pk: string;
  readonly index?: IndexName;
  /** Bounds of the sort key, inclusive: text on `sk`, a number on an index. */
  readonly from?: string | number;
  readonly to?: string | number;
  readonly descending?: boolean;
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: Key & { readonly [name: string]: Attribute | undefined };
};
export type Page = { readonly rows: readonly Row[]; readonly next?: Query["after"] };

/** Copies of the tables as they were once, beside them; no request reaches them. Read from end to end. */
export type TableCopy = Pick<Table, "get" | "commit"> & {
  /** In no order; `after`: `next` of the page before. */
  scan(table: TableName, from: { readonly limit: number; readonly after?: Page["next"] }): Promise<Page>;
};
/** By what the copies' names end with. */
export type CopyOf = (ending: string) => TableCopy;

/** The transaction was refused and nothing was written. */
export class ConditionFailed extends Error {
  readonly failed: readonly Write[];
  constructor(failed: readonly Write[], options?: ErrorOptions) {
    super(
      `condition failed on ${failed.map((write) => `${write.table} ${write.key.sk}`).join(", ")}`,
      options,
    );
    this.name = "ConditionFailed";
    this.failed = failed;
  }
}

/** Throttled or in conflict for longer than we retry: nothing was written, try again later. */
export class TableBusy extends Unavailable {
  override readonly name = "TableBusy";
}

/** Commits, and answers which writes were refused (none: it is done). For refusals that the caller expects. */
export const tryCommit = async (table: Pick<Table, "commit">, writes: readonly Write[]) => {
  try {
    await table.commit(writes);
    return [];
  } catch (error) {
    if (error instanceof ConditionFailed) return error.failed;
    throw error;
  }
};
