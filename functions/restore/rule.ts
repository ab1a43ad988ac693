import { missing } from "#functions/runtime/condition.ts";
import { plainly, type Row, type Table, type TableName, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import type { Ended } from "./ended.ts";

export type Since = {
  readonly ended: Ended;
  /** Whose buyer was erased, ever. */
  readonly erased: ReadonlyMap<CheckoutId, Instant>;
  readonly now: Instant;
  readonly table: Pick<Table, "query">;
};

/** How a row of one kind comes back: as writes that hold only where there is none. No writes: it does not. */
export type Rule = (row: Row, since: Since) => readonly Write[] | Promise<readonly Write[]>;

/** Plain: whoever is told wrongly that a row lived already has nothing to do about it. */
export const put = (table: TableName, { pk, sk, ...attributes }: Row): Write =>
  plainly({ table, key: { pk, sk }, change: { put: attributes }, condition: missing() });

export const asItWas =
  (table: TableName): Rule =>
  (row) => [put(table, row)];

/** What is made anew by whoever needs it, or says where somebody was. */
export const never: Rule = () => [];
