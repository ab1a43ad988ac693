import { productsOf } from "#functions/catalog/product.store.ts";
import { listKey, orderAt } from "#functions/order/order.store.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import type { Page as TablePage } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { ProductId, StoreId } from "#functions/values/id.ts";
import { dueTables, late } from "./look-at-due.ts";
import { pageSize, type Reader, type Wanted } from "./page.ts";
import { openPage } from "./reconciliation.store.ts";
import { BookedKind, type Subject } from "./subject.ts";

export const given = (after: string | undefined): { after?: NonNullable<TablePage["next"]> } =>
  after === undefined ? {} : { after: JSON.parse(after) };
export const said = (next: TablePage["next"]): string | undefined => next && JSON.stringify(next);

const isOf = ({ stores }: Wanted, storeId: string | undefined): boolean =>
  stores.some(({ id }) => id === storeId);

/** What diverged before, and is looked at again. */
export const openedPage: Reader = async (on, wanted) => {
  const page = await openPage(on.table, { limit: pageSize, ...given(wanted.after) });
  const open = page.open.filter(
    ({ divergence: { ids } }) => ids.storeId === undefined || isOf(wanted, ids.storeId),
  );
  const subjects = new Map(open.map(({ subject }) => [JSON.stringify(subject), subject]));
  return { subjects: [...subjects.values()], open, after: said(page.next) };
};

/** A store's orders of the window, oldest first. */
export const ordersPage: Reader = async (on, { cursor, place, after }) => {
  const { from, to } = cursor;
  const pk = listKey(StoreId.parse(place));
  const page = await on.table.query("commerce", {
    index: "list",
    pk,
    from,
    to,
    limit: pageSize,
    ...given(after),
  });
  return { subjects: page.rows.flatMap(orderIn), after: said(page.next) };
};

/** Every order that somebody still has to move on, however old. */
export const unfinishedPage: Reader = async (on, wanted) => {
  const page = await on.table.query("commerce", {
    index: "due",
    pk: wanted.place,
    limit: pageSize,
    ...given(wanted.after),
  });
  const orders = page.rows.flatMap(orderIn).filter(({ storeId }) => isOf(wanted, storeId));
  return { subjects: orders, after: said(page.next) };
};

const orderIn = (key: { pk: string }): (Subject & { of: "order" })[] => {
  const order = orderAt(key);
  return order ? [{ of: "order", ...order }] : [];
};

export const duePlaces = (): string[] =>
  BookedKind.options.flatMap((kind) => shards.map((shard) => dueKey(kind, shard)));

/** What is due for long; an event that the bus refuses is put off again and again, so of those all that wait. */
export const overduePage: Reader = async (on, wanted) => {
  const kind = wanted.place.split("#")[0] as BookedKind;
  const table = dueTables[kind];
  const to = on.now() + (kind === "event" ? minutes(2) : -late);
  const page = await on.table.query(table, {
    index: "due",
    pk: wanted.place,
    to,
    limit: pageSize,
    ...given(wanted.after),
  });
  const ours = page.rows.filter(({ pk }) => !pk.startsWith("store_") || isOf(wanted, pk.split("#")[0]));
  const subjects = ours.map(({ pk, sk }) => ({ of: "due", kind, table, key: { pk, sk } }) as const);
  return { subjects, after: said(page.next) };
};

export const productsPage: Reader = async (on, { place, after }) => {
  const storeId = StoreId.parse(place);
  const page = await on.table.query("commerce", {
    pk: productsOf(storeId),
    limit: pageSize,
    ...given(after),
  });
  return {
    subjects: page.rows.flatMap(({ sk }) => {
      const productId = ProductId.safeParse(sk).data;
      return productId ? [{ of: "product", storeId, productId } as const] : [];
    }),
    after: said(page.next),
  };
};
