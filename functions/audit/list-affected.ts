import { z } from "zod";
import type { LicenseKeyStore } from "#functions/access/license-key.store.ts";
import { checkoutAt, checkoutsOf } from "#functions/checkout/checkout.store.ts";
import { readCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import type { Row, Table } from "#functions/runtime/table.ts";
import { WalkCursor, type WalkPart, walkRows } from "#functions/runtime/walk-rows.ts";
import { type Clock, seconds, toIso } from "#functions/values/clock.ts";
import { CheckoutId, checkoutIdOf, OrderId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { recordsByTime } from "./audit.store.ts";
import { type Actor, AuditRecord } from "./audit.ts";
import { lookCursor, recordLook } from "./record-look.ts";

/** Times come as people write them. */
const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const ListAffected = z.strictObject({
  /** Read by this license key; absent: by anybody. */
  keyId: z.string().optional(),
  from: Time.optional(),
  to: Time.optional(),
  storeId: StoreId.optional(),
  cursor: lookCursor(WalkCursor).optional(),
});
export type ListAffected = z.infer<typeof ListAffected>;

const perCall = seconds(20);

export type ListsAffected = { table: Table; now: Clock; keys: Pick<LicenseKeyStore, "get"> };

/**
 * After a breach: whose data was shown or changed, to or by the key or in the time, with the last time that each was. An
 * agent's own sessions are on no record, so of an agent's key they are all listed, and the orders that came of them: while
 * a checkout's key lives, the agent may have read it.
 */
export const listAffected =
  (on: ListsAffected) =>
  async ({ cursor, ...asked }: ListAffected, actor: Actor): Promise<object> => {
    const walked = [...recordParts(on, asked), ...(await sessionParts(on, asked))];
    const { storeId } = asked;
    const look = await recordLook(
      on,
      { action: "affected.listed", actor, storeId, about: askedFor(asked) },
      cursor,
    );
    const found: Found = { looked: 0, reads: 0, affected: {}, mayHaveRead: {}, customers: {} };
    const { rest: next } = await walkRows(
      on,
      walked.map(({ visit, ...part }) => ({ ...part, visit: (row) => visit(row, found) })),
      { from: cursor?.at ?? { part: 0 }, until: on.now() + perCall },
    );
    return { done: next === undefined, part: found, ...(next && { cursor: { look, at: next } }) };
  };

const askedFor = ({ keyId, from, to }: Asked): Record<string, string> => ({
  ...(keyId !== undefined && { keyId }),
  ...(from !== undefined && { from: toIso(from) }),
  ...(to !== undefined && { to: toIso(to) }),
});

type Asked = Omit<ListAffected, "cursor">;
type Found = {
  looked: number;
  reads: number;
  /** Orders, and sessions without one, by when they were shown or changed last, … */
  readonly affected: Record<string, string>;
  /** … or were begun, where nobody knows. */
  readonly mayHaveRead: Record<string, string>;
  /** Whose they are, as long as that is known, by one of them. */
  readonly customers: Record<string, string>;
};
type Part = Omit<WalkPart, "visit"> & { readonly visit: (row: Row, found: Found) => Promise<void> };

const recordParts = (on: ListsAffected, asked: Asked): Part[] => {
  const { from, to } = asked;
  const times = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const visit: Part["visit"] = async ({ pk, sk }, found) => {
    found.looked += 1;
    const { data } = AuditRecord.safeParse(await on.table.get("audit", { pk, sk }));
    if (!data || !concerns(asked, data)) return;
    found.reads += 1;
    for (const subject of data.subjects ?? []) {
      found.affected[subject] = toIso(data.at);
      await nameCustomer(on, data.storeId, subject, found);
    }
  };
  return recordsByTime.map((shard) => ({ table: "audit", query: { ...shard, ...times }, visit }));
};

const concerns = (asked: Asked, record: AuditRecord): boolean =>
  record.subjects !== undefined &&
  (asked.keyId === undefined || record.actor.keyId === asked.keyId) &&
  (asked.storeId === undefined || record.storeId === asked.storeId);

/** Whatever its principal began before `to`. Of anybody in a time there are none: an agent may read its own. */
const sessionParts = async (on: ListsAffected, { keyId, to }: Asked): Promise<Part[]> => {
  if (keyId === undefined) return [];
  const key = await on.keys.get(keyId);
  // A mistyped id must not look like nobody's harm.
  if (!key) throw new Refusal("not_found", "There is no license key with this id.");
  const visit: Part["visit"] = async (row, found) => {
    found.looked += 1;
    const checkout = await checkoutAt(on.table, row);
    if (!checkout) return;
    const { storeId, id, orderId, createdAt } = checkout;
    if (!(await readCheckoutKey(on.table, { storeId, checkoutId: id }))) return;
    found.mayHaveRead[orderId ?? id] = toIso(createdAt);
    await nameCustomer(on, storeId, orderId ?? id, found);
  };
  const query = { ...checkoutsOf(key.principalId), ...(to !== undefined && { to }) };
  return [{ table: "commerce", query, visit }];
};

const nameCustomer = async (
  { table }: ListsAffected,
  storeId: StoreId | undefined,
  subject: string,
  { customers }: Found,
): Promise<void> => {
  const order = OrderId.safeParse(subject).data;
  const checkoutId = order ? checkoutIdOf(order) : CheckoutId.safeParse(subject).data;
  if (!storeId || !checkoutId) return;
  const key = await readCheckoutKey(table, { storeId, checkoutId });
  if (key?.customerId) customers[key.customerId] = subject;
};
