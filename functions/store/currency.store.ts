import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { StoreId } from "#functions/values/id.ts";
import type { Currency } from "#functions/values/money.ts";

/**
 * Prices are numbers in the store's currency, so the first product fixes the currency for good. The mark is a row
 * of its own in `commerce`: whoever writes products needs no right to write stores.
 */
export type CurrencyStore = { isFixed(storeId: StoreId): Promise<boolean> };

export const currencyStore = (table: Pick<Table, "get">): CurrencyStore => ({
  isFixed: async (storeId) => (await table.get("commerce", mark(storeId))) !== undefined,
});

/** Beside the first products: fails if the store's currency has become another one meanwhile. */
export const fixedCurrency = (storeId: StoreId, currency: Currency): Write[] => [
  {
    table: "access",
    key: { pk: storeId, sk: "store" },
    change: { check: true },
    condition: equals("currency", currency),
  },
  { table: "commerce", key: mark(storeId), change: { put: { currency } }, condition: missing() },
];

/** Beside a change of the currency: fails once there are products. */
export const unfixedCurrency = (storeId: StoreId): Write => ({
  table: "commerce",
  key: mark(storeId),
  change: { check: true },
  condition: missing(),
});

const mark = (storeId: StoreId): Key => ({ pk: `${storeId}#products-currency`, sk: "currency" });
