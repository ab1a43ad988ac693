import { customerKeys, type HeldKey } from "#functions/privacy/checkout-key.store.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { CustomerId, type StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { openErasure } from "./erasure.store.ts";

/** Everything that one e-mail address began in a store, newest first: there is no other record of a person. */
export type Customer = {
  readonly storeId: StoreId;
  readonly customerId: CustomerId;
  readonly keys: readonly [HeldKey, ...HeldKey[]];
};

export const readCustomer = async (
  table: Pick<Table, "get" | "query">,
  storeId: StoreId,
  customerId: CustomerId,
): Promise<Customer | undefined> => {
  const [newest, ...older] = await customerKeys(table, { storeId, customerId });
  return newest && { storeId, customerId, keys: [newest, ...older] };
};

/** Another store's customer is told like one that does not exist. */
export const ownCustomer = async (
  table: Pick<Table, "get" | "query">,
  { storeId }: Caller,
  params: { readonly id: string },
): Promise<Customer> => {
  const id = CustomerId.safeParse(params.id);
  const customer = id.success ? await readCustomer(table, storeId, id.data) : undefined;
  if (!customer) throw new Refusal("not_found", "There is no customer with this id.");
  return customer;
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
