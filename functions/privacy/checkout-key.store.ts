import { allRows } from "#functions/runtime/all-rows.ts";
import { all, equals, exists, missing } from "#functions/runtime/condition.ts";
import type { Attribute, Key, Query, Row, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { CheckoutId, CustomerId, type StoreId } from "#functions/values/id.ts";
import { KeyDestroyed, type KeyTerms, type Subject } from "./envelope.ts";

export const checkoutKeyRow = ({ storeId, checkoutId }: Subject): Key => ({
  pk: `${storeId}#${checkoutId}`,
  sk: "key",
});

const write = (subject: Subject, change: Write["change"]): Write => ({
  table: "people",
  key: checkoutKeyRow(subject),
  change,
});

const listKey = (storeId: StoreId, customerId: CustomerId): string => `customer#${storeId}#${customerId}`;

/** Whose checkout it is stands in the row of its key alone: with the key the customer is forgotten, too. */
const indexed = ({ storeId }: Subject, customerId: CustomerId | undefined, since: Instant) =>
  customerId ? { list: listKey(storeId, customerId), listAt: since } : { list: undefined, listAt: undefined };

/** A checkout key, encrypted under this version of its store's key. */
export type Wrapped = { readonly wrapped: Uint8Array; readonly version: number };

/** No key is without an end. */
export const createdCheckoutKey = (
  subject: Subject,
  wrapped: Wrapped,
  { customerId, now, until }: KeyTerms,
): Write => ({
  ...write(subject, {
    put: { ...wrapped, expiresAtSeconds: inSeconds(until), since: now, ...indexed(subject, customerId, now) },
  }),
  condition: missing(),
});

/** Under another version of the store's key; refused where its buyer has become another or none meanwhile. */
export const movedCheckoutKey = (
  { subject, version, customerId, since }: HeldKey,
  after: Wrapped,
  movedTo: CustomerId | undefined,
): Write => ({
  ...write(subject, { set: { ...after, ...indexed(subject, movedTo, since) } }),
  condition: all(
    equals("version", version),
    customerId ? equals("list", listKey(subject.storeId, customerId)) : missing("list"),
  ),
});

/** The buyer said another e-mail address. Refused of a key that is gone. */
export const indexedCheckoutKey = (
  subject: Subject,
  customerId: CustomerId | undefined,
  since: Instant,
): Write => ({
  ...write(subject, { set: indexed(subject, customerId, since) }),
  condition: exists("wrapped"),
});

/**
 * For the write that ends a checkout without an order: what it sealed becomes unreadable then, in backups too.
 * Without a condition: of a destroyed key this leaves a row without one, which opens nothing either.
 */
export const expiringCheckoutKey = (subject: Subject, at: Instant): Write =>
  write(subject, { set: { expiresAtSeconds: inSeconds(at) } });

/** Erases: every copy of every message of this checkout and its order becomes unreadable. */
export const destroyedCheckoutKey = (subject: Subject): Write => write(subject, { remove: true });

/** Frozen (GDPR article 18): only stored from now on, and not deleted either while the person may need it. */
export const restrictedCheckoutKey = ({ subject, expiresAtSeconds }: HeldKey, at: Instant): Write => ({
  ...write(subject, {
    set: { restrictedAt: at, expiresAtSeconds: undefined, endsAtSeconds: expiresAtSeconds },
  }),
  condition: all(exists("wrapped"), missing("restrictedAt")),
});

export const unrestrictedCheckoutKey = ({ subject, endsAtSeconds }: HeldKey): Write => ({
  ...write(subject, {
    set: { restrictedAt: undefined, expiresAtSeconds: endsAtSeconds, endsAtSeconds: undefined },
  }),
  condition: all(exists("wrapped"), exists("restrictedAt")),
});

/** Read on every use and never cached, so that an erasure holds at once. */
export const wrappedCheckoutKey = async (
  table: Pick<Table, "get">,
  subject: Subject,
): Promise<HeldKey & { wrapped: Uint8Array }> => {
  const row = await table.get("people", checkoutKeyRow(subject));
  if (!(row?.["wrapped"] instanceof Uint8Array))
    throw new KeyDestroyed("the personal data of this checkout was erased");
  return { ...heldKey(subject, row), wrapped: row["wrapped"] };
};

/** What the row of a key tells without opening anything. */
export type HeldKey = {
  readonly subject: Subject;
  /** Of the store's key that it is under. */
  readonly version: number;
  readonly customerId: CustomerId | undefined;
  readonly since: Instant;
  readonly isRestricted: boolean;
  readonly expiresAtSeconds: number | undefined;
  readonly endsAtSeconds: number | undefined;
};

const heldKey = (subject: Subject, row: Row): HeldKey => ({
  subject,
  version: numberIn(row["version"]) ?? 1,
  customerId: CustomerId.safeParse(String(row["list"]).split("#")[2]).data,
  since: numberIn(row["since"]) ?? 0,
  isRestricted: row["restrictedAt"] !== undefined,
  expiresAtSeconds: numberIn(row["expiresAtSeconds"]),
  endsAtSeconds: numberIn(row["endsAtSeconds"]),
});

const numberIn = (value: Attribute | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

/** `undefined`: it was erased, or its time is over. */
export const readCheckoutKey = async (
  table: Pick<Table, "get">,
  subject: Subject,
): Promise<HeldKey | undefined> => {
  const row = await table.get("people", checkoutKeyRow(subject));
  return row?.["wrapped"] instanceof Uint8Array ? heldKey(subject, row) : undefined;
};

/**
 * Every checkout of whoever has one of these ids, newest first. The index lags by moments, so each row is read again;
 * the ids that a rotated store key has left are asked for first, since rows go from them to the current one, the first.
 */
export const customerKeys = async (
  table: Pick<Table, "get" | "query">,
  { storeId, customerIds }: { storeId: StoreId; customerIds: readonly CustomerId[] },
  until?: Instant,
): Promise<HeldKey[]> => {
  const found = new Set<CheckoutId>();
  for (const customerId of customerIds.toReversed()) {
    const query = {
      index: "list",
      pk: listKey(storeId, customerId),
      ...(until !== undefined && { to: until }),
    };
    for (const row of await allRows(table, "people", query as Query)) found.add(checkoutIdIn(row));
  }
  const keys = await Promise.all(
    [...found].map((checkoutId) => readCheckoutKey(table, { storeId, checkoutId })),
  );
  return keys
    .filter((key) => key?.customerId !== undefined && customerIds.includes(key.customerId))
    .filter((key) => key !== undefined)
    .sort((left, right) => right.since - left.since);
};

const checkoutIdIn = ({ pk }: Key): CheckoutId => CheckoutId.parse(pk.split("#")[1]);

const inSeconds = (at: Instant): number => Math.ceil(at / 1_000);
