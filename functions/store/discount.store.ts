import { Discount, DiscountCode, type DiscountFound } from "#functions/pricing/discount.ts";
import { any, below, missing } from "#functions/runtime/condition.ts";
import type { Key, Row, Table, Write } from "#functions/runtime/table.ts";
import type { StoreId } from "#functions/values/id.ts";

export type DiscountStore = {
  /** One for each code, in their order; a code that is unknown or used up says so. */
  find(storeId: StoreId, codes: readonly string[]): Promise<readonly DiscountFound[]>;
};

export const discountStore = (table: Pick<Table, "get">): DiscountStore => ({
  find: (storeId, codes) => Promise.all(codes.map((code) => found(table, storeId, code))),
});

/** What the owner sets. How often a code was used is counted elsewhere and stays. */
export const putDiscount = (storeId: StoreId, discount: Discount): Write => ({
  table: "commerce",
  key: { pk: `${storeId}#discounts`, sk: discount.code },
  change: { put: discount },
});

/** Takes one use of a limited code; fails when `limit` of them are taken. */
export const useDiscount = (storeId: StoreId, code: string, limit: number): Write => ({
  table: "commerce",
  key: usageRow(storeId, code),
  change: { add: { used: 1 } },
  condition: any(missing("used"), below("used", limit)),
});

/**
 * Gives back exactly the one use that `useDiscount` took. Without a condition: a counter that an operator reset
 * must not keep an undo from ending.
 */
export const releaseDiscount = (storeId: StoreId, code: string): Write => ({
  table: "commerce",
  key: usageRow(storeId, code),
  change: { add: { used: -1 } },
});

const usageRow = (storeId: StoreId, code: string): Key => ({
  pk: `${storeId}#discount#${code}`,
  sk: "usage",
});

const found = async (table: Pick<Table, "get">, storeId: StoreId, given: string): Promise<DiscountFound> => {
  const { data: code } = DiscountCode.safeParse(given.trim());
  if (code === undefined) return { code: given, reason: "discount_code_invalid" };
  const [row, usage] = await Promise.all([
    table.get("commerce", { pk: `${storeId}#discounts`, sk: code }),
    table.get("commerce", usageRow(storeId, code)),
  ]);
  if (!row) return { code: given, reason: "discount_code_invalid" };
  const discount = discountOf(row);
  return usedUp(discount, usage) ? { code: given, reason: "discount_code_usage_limit_reached" } : discount;
};

const discountOf = ({ pk: _, sk: __, ...row }: Row): Discount => Discount.parse(row);

const usedUp = ({ usageLimit }: Discount, usage: Row | undefined): boolean =>
  usageLimit !== undefined && Number(usage?.["used"] ?? 0) >= usageLimit;
