import { dueKey, shards } from "#functions/runtime/due.ts";
import type { Store } from "#functions/store/store.ts";
import { booksOf, disputesPage, intentsPage, refundsPage } from "./books-page.ts";
import { type Cursor, cursorAfter, type Phase } from "./cursor.ts";
import type { Page, Reader } from "./page.ts";
import type { Reads } from "./reads.ts";
import { duePlaces, openedPage, ordersPage, overduePage, productsPage, unfinishedPage } from "./rows-page.ts";

type Walk = { readonly read: Reader; readonly places: (stores: readonly Store[]) => readonly string[] };

const eachStore = (stores: readonly Store[]): string[] => stores.map(({ id }) => id);

const walks = {
  open: { read: openedPage, places: () => ["all"] },
  intents: { read: intentsPage, places: booksOf },
  refunds: { read: refundsPage, places: booksOf },
  disputes: { read: disputesPage, places: booksOf },
  orders: { read: ordersPage, places: eachStore },
  unfinished: { read: unfinishedPage, places: () => shards.map((shard) => dueKey("order", shard)) },
  overdue: { read: overduePage, places: duePlaces },
  products: { read: productsPage, places: eachStore },
} as const satisfies Record<Phase, Walk>;

/** The subjects at the cursor, and where the run goes on after them. `stores`: those that it is about. */
export const readPage =
  (on: Reads) =>
  async (cursor: Cursor, stores: readonly Store[]): Promise<Page & { readonly next: Cursor | undefined }> => {
    const { read, places } = walks[cursor.phase];
    const known = places(stores);
    const place = cursor.place !== undefined && known.includes(cursor.place) ? cursor.place : known[0];
    const after = place === cursor.place ? cursor.after : undefined;
    const page = place === undefined ? { subjects: [] } : await read(on, { cursor, place, after, stores });
    const next = cursorAfter(cursor, { place, after: page.after }, (phase) => walks[phase].places(stores));
    return { ...page, next };
  };
