import { z } from "zod";
import { Reason } from "#functions/audit/audit.ts";
import { CustomerId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Customer, readCustomer } from "./customer.store.ts";
import { type LooksUpCustomers, lookUpCustomer } from "./look-up-customer.ts";

/** Whom the operator means, and why: for people whose store is suspended or closed, so that no key can ask. */
export const FindCustomer = z.strictObject({
  storeId: StoreId,
  /** Either; an e-mail address is read from a file or a pipe, and goes nowhere but into the index. */
  customerId: CustomerId.optional(),
  email: z.email().max(254).optional(),
  reason: Reason,
});
export type FindCustomer = z.infer<typeof FindCustomer>;

export type FindsCustomers = LooksUpCustomers & {
  stores: { get(storeId: StoreId): Promise<object | undefined> };
};

export const findCustomer = async (
  on: FindsCustomers,
  { storeId, customerId, email }: FindCustomer,
): Promise<Customer> => {
  if ((customerId === undefined) === (email === undefined))
    throw new Refusal("invalid", "Say whom: by the customer's id or by e-mail address, not both.");
  if (!(await on.stores.get(storeId))) throw new Refusal("not_found", `There is no store ${storeId}.`);
  const customer = await (customerId === undefined
    ? readCustomer(on.table, storeId, await on.envelope.customersOf(storeId, email ?? ""))
    : lookUpCustomer(on, storeId, customerId));
  if (!customer) throw new Refusal("not_found", "The store has no such customer, or no longer.");
  return customer;
};
