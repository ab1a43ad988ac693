import { z } from "zod";
import { allRows } from "#functions/runtime/all-rows.ts";
import { equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { Instant } from "#functions/values/clock.ts";
import { CheckoutId, type CustomerId, ErasureId, StoreId } from "#functions/values/id.ts";
import { Erasure, nextLook } from "./erasure.ts";

type Place = Pick<Erasure, "storeId" | "id">;

const partition = ({ storeId, id }: Place): string => `${storeId}#${id}`;
const keyOf = (place: Place): Key => ({ pk: partition(place), sk: "erasure" });

/** `id` may be any text: what is no erasure's id is not there. */
export const readErasure = async (
  table: Pick<Table, "get">,
  storeId: StoreId,
  id: string,
): Promise<Erasure | undefined> => {
  const known = ErasureId.safeParse(id);
  const row = known.success && (await table.get("erasures", keyOf({ storeId, id: known.data })));
  return row ? Erasure.parse(row) : undefined;
};

/** The erasure of a row that an index named. */
export const erasureAt = async (table: Pick<Table, "get">, { pk, sk }: Key): Promise<Erasure | undefined> => {
  const row = await table.get("erasures", { pk, sk });
  return row && Erasure.parse(row);
};

type Whose = { readonly storeId: StoreId; readonly customerId: CustomerId };

/** One at a time for each customer: found here at once, where an index would lag. With its end nobody is named. */
const openKey = ({ storeId, customerId }: Whose): Key => ({ pk: `${storeId}#${customerId}`, sk: "open" });

export const openErasure = async (
  table: Pick<Table, "get">,
  { storeId, customerIds }: { storeId: StoreId; customerIds: readonly CustomerId[] },
): Promise<Erasure | undefined> => {
  const rows = await Promise.all(
    customerIds.map((customerId) => table.get("erasures", openKey({ storeId, customerId }))),
  );
  const row = rows.find((each) => each !== undefined);
  return row && readErasure(table, storeId, String(row["erasureId"]));
};

/** Refused while another one of the same customer is open. */
export const createdErasure = (erasure: Erasure & Whose): Write[] => [
  put(erasure, missing()),
  {
    table: "erasures",
    key: openKey(erasure),
    change: { put: { erasureId: erasure.id } },
    condition: missing(),
  },
];

export const savedErasure = (before: Erasure, after: Erasure): Write[] => [
  put(after, equals("version", before.version)),
  ...(after.status === "done" && before.customerId
    ? [closed({ storeId: before.storeId, customerId: before.customerId })]
    : []),
];

const closed = (customer: Whose): Write => ({
  table: "erasures",
  key: openKey(customer),
  change: { remove: true },
});

const put = (erasure: Erasure, condition: NonNullable<Write["condition"]>): Write => {
  const key = keyOf(erasure);
  const look = nextLook(erasure);
  const due = look === undefined ? notDue : dueAt("erasure", key.pk, look);
  return { table: "erasures", key, change: { put: { ...erasure, ...due } }, condition };
};

/** What was erased, by itself: the ledger. It is only added to, and holds ids of checkouts, of no person. */
export const Erased = z.object({
  storeId: StoreId,
  checkoutId: CheckoutId,
  erasureId: ErasureId,
  erasedAt: Instant,
});
export type Erased = z.infer<typeof Erased>;

const ledger = "erased";

/** In the transaction that destroys the key: no erasure without its line, no line without its erasure. */
export const erasedCheckout = (erasure: Place, checkoutId: CheckoutId, now: Instant): Write => ({
  table: "erasures",
  key: { pk: partition(erasure), sk: `erased#${checkoutId}` },
  change: {
    put: {
      storeId: erasure.storeId,
      checkoutId,
      erasureId: erasure.id,
      erasedAt: now,
      list: ledger,
      listAt: now,
    } satisfies Erased & { list: string; listAt: number },
  },
  condition: missing(),
});

/** All that an erasure has erased so far. */
export const erasedBy = async (table: Pick<Table, "query">, erasure: Place): Promise<CheckoutId[]> => {
  const rows = await allRows(table, "erasures", { pk: partition(erasure), from: "erased#", to: "erased#~" });
  return rows.map((row) => Erased.parse(row).checkoutId);
};

/** Every line of the ledger, oldest first: the keys of the index say which. */
export const everErased = async (table: Pick<Table, "query">): Promise<Omit<Erased, "erasureId">[]> => {
  const rows = await allRows(table, "erasures", { index: "list", pk: ledger });
  return rows.map(({ pk, sk, listAt }) => ({
    storeId: StoreId.parse(pk.split("#")[0]),
    checkoutId: CheckoutId.parse(sk.split("#")[1]),
    erasedAt: Instant.parse(listAt),
  }));
};
