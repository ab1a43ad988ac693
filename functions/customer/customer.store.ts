import { customerKeys, type HeldKey } from "#functions/privacy/checkout-key.store.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { CustomerId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { openErasure } from "./erasure.store.ts";

/** Everything that one e-mail address began in a store, newest first: there is no other record of a person. */
export type Customer = {
  readonly storeId: StoreId;
  /** What they are known by now: that of the newest. */
  readonly customerId: CustomerId;
  /** All that it is found under: a former version of the store's key may have given it another id. */
  readonly customerIds: CustomerIds;
  readonly keys: readonly [HeldKey, ...HeldKey[]];
};

/** The current one first. */
export type CustomerIds = readonly [CustomerId, ...CustomerId[]];

export const readCustomer = async (
  table: Pick<Table, "get" | "query">,
  storeId: StoreId,
  customerIds: CustomerIds,
): Promise<Customer | undefined> => {
  const [newest, ...older] = await customerKeys(table, { storeId, customerIds });
  if (!newest) return undefined;
  return { storeId, customerId: newest.customerId ?? customerIds[0], customerIds, keys: [newest, ...older] };
};

export const isFrozen = ({ keys }: Customer): boolean => keys.some(({ isRestricted }) => isRestricted);

/** Frozen data takes part in nothing but storage, until whoever froze it lets it go. */
export const refuseFrozen = (customer: Customer): void => {
  if (isFrozen(customer))
    throw new Refusal("conflict", "This customer's data is restricted. Lift the restriction first.");
};

/** What is about to be forgotten is not written again, least of all under another e-mail address. */
export const refuseForgotten = async (table: Pick<Table, "get">, customer: Customer): Promise<void> => {
  if (await openErasure(table, customer))
    throw new Refusal("conflict", "This customer is being erased: read the erasure for what it waits for.");
};
