import { type Fulfillment, untracked } from "#functions/fulfillment/fulfillment.ts";
import { eventsFrom, lastVersion } from "#functions/outbox/outbox.store.ts";
import { repeatable } from "#functions/outbox/outbox.ts";
import type { Attribute, Row, TableName } from "#functions/runtime/table.ts";
import { CheckoutId, StoreId } from "#functions/values/id.ts";
import { accessRules, ending } from "./access-rules.ts";
import { asItWas, never, put, type Rule } from "./rule.ts";

/**
 * Facts are numbered by the row that they are of. One that comes back older than what was told of it goes on after that:
 * under a number that was used nothing new could be told.
 */
const countingOn =
  (table: TableName, name: string, subjectOf: (row: Row) => string): Rule =>
  async (row, { table: tables }) => {
    const told = await lastVersion(tables, { storeId: storeOf(row), subject: subjectOf(row) });
    return [put(table, { ...row, [name]: Math.max(Number(row[name]), told) })];
  };

const storeOf = ({ pk }: Row): StoreId => StoreId.parse(pk.split("#")[0]);
const id = (row: Row): string => String(row["id"]);

/**
 * An order that somebody still has to move on is moved on again, and says again what it said: the same facts under the
 * same ids. Only one that rests counts on.
 */
const order: Rule = async (row, since) => {
  const erasedAt = row["erasedAt"] ?? since.erased.get(CheckoutId.parse(row["checkoutId"]));
  const marked = erasedAt === undefined ? row : { ...row, erasedAt, fulfillments: untrackedIn(row) };
  if (!isUnderWay(row)) return countingOn("commerce", "version", id)(marked, since);
  const from = { storeId: storeOf(row), subject: id(row), version: Number(row["version"]) + 1 };
  return [put("commerce", marked), ...(await eventsFrom(since.table, from)).map(repeatable)];
};

const untrackedIn = ({ fulfillments = [] }: Row): Attribute[] =>
  (fulfillments as unknown as readonly Fulfillment[]).map(untracked);

const isUnderWay = ({ status, refunds }: Row): boolean =>
  !["confirmed", "canceled"].includes(String(status)) ||
  (refunds as unknown as readonly { status: string }[]).some(({ status: of }) =>
    ["requested", "pending"].includes(of),
  );

/**
 * One that was removed hears nothing again, nor one that may have been; whether one is on or off is what was said last.
 */
const endpoint: Rule = (row, since) => {
  const name = `endpoint#${row["id"]}`;
  if (since.ended.names.has(name)) return [];
  const status = since.ended.isWhole ? since.ended.last.get(name)?.about?.["status"] : "disabled";
  const kept = ending(status === undefined ? row : { ...row, status }, since.ended);
  return countingOn("webhooks", "tests", id)(kept, since);
};

const commerce = asItWas("commerce");

/** How each kind of row comes back; a kind that is not here fails a test, and does not. */
export const rules: Readonly<Record<TableName, Readonly<Record<string, Rule>>>> = {
  audit: { act: asItWas("audit") },
  outbox: { event: asItWas("outbox") },
  /** Under which id a customer was before a rotation is not brought back: they may have been erased since. */
  people: { key: asItWas("people"), moved: never },
  access: accessRules,
  commerce: {
    checkout: commerce,
    order,
    payment: commerce,
    idempotency: commerce,
    product: commerce,
    discount: commerce,
    /** Counted before it was sold: `orphan_reservation` rings, and somebody counts the shelf. */
    stock: countingOn("commerce", "version", ({ pk }) => `product:${pk.split("#")[2]}`),
    usage: commerce,
    currency: commerce,
    "stripe-event": commerce,
    "exposed-key": commerce,
    /** The agent may have been told otherwise since, so it is told again, whatever the copy says. */
    pushed: (row) => [put("commerce", { ...row, state: "sent" })],
    reconciliation: never,
    divergence: never,
  },
  webhooks: {
    delivery: asItWas("webhooks"),
    replay: asItWas("webhooks"),
    pace: never,
    endpoint,
  },
  erasures: { erasure: never, open: never, erased: never },
  seals: { seal: never, head: never, pass: never },
};
