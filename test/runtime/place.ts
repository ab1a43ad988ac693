import type { Condition } from "#functions/runtime/condition.ts";
import type { Attribute, Row, Table, Write } from "#functions/runtime/table.ts";

type Attributes = Record<string, Attribute | undefined>;
type Update = Extract<Write["change"], { set?: unknown; add?: unknown }>;

let places = 0;

/** A partition that no other test writes to. */
export const placeIn = (table: Table) => {
  places += 1;
  const pk = `place-${places}`;
  const key = (sk = "row") => ({ pk, sk });
  const write = (change: Write["change"], sk?: string, condition?: Condition): Write => ({
    table: "commerce",
    key: key(sk),
    change,
    ...(condition ? { condition } : {}),
  });
  return {
    pk,
    key,
    put: (row: Attributes, sk?: string, condition?: Condition) => write({ put: row }, sk, condition),
    update: (change: Update, sk?: string, condition?: Condition) => write(change, sk, condition),
    remove: (sk?: string, condition?: Condition) => write({ remove: true }, sk, condition),
    check: (condition: Condition, sk?: string) => write({ check: true }, sk, condition),
    get: (sk?: string): Promise<Row | undefined> => table.get("commerce", key(sk)),
  };
};
