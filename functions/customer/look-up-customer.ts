import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import { Contact } from "#functions/checkout/contents.ts";
import { emailIn } from "#functions/checkout/customer-in.ts";
import type { OrderStore } from "#functions/order/order.store.ts";
import { type Cipher, type Envelope, KeyDestroyed, type Subject } from "#functions/privacy/envelope.ts";
import { movedTo } from "#functions/privacy/moved-customer.store.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { CustomerId, orderIdOf, type StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Customer, readCustomer } from "./customer.store.ts";

export type ReadsContacts = { orders: Pick<OrderStore, "get">; checkouts: CheckoutStore };

export type LooksUpCustomers = ReadsContacts & {
  envelope: Pick<Envelope, "open" | "customersOf">;
  table: Pick<Table, "get" | "query">;
};

/**
 * Whoever has this id. Since a store's key was rotated a person may have begun something under another one, too: so the
 * address that gave them this one is read, and all the ids that it gives are asked for.
 */
export const lookUpCustomer = async (
  on: LooksUpCustomers,
  storeId: StoreId,
  customerId: CustomerId,
): Promise<Customer | undefined> => {
  const known = await readMoved(on.table, storeId, customerId);
  if (!known) return undefined;
  const email = await emailOfSubject(on, known.keys[0].subject);
  if (email === undefined) return known;
  const [current, ...former] = await on.envelope.customersOf(storeId, email);
  if (former.length === 0) return known;
  return readCustomer(on.table, storeId, [current, ...new Set([...former, customerId])]);
};

/** Under this id, or where it has gone with rotations since. */
const readMoved = async (
  table: LooksUpCustomers["table"],
  storeId: StoreId,
  customerId: CustomerId,
): Promise<Customer | undefined> => {
  const known = await readCustomer(table, storeId, [customerId]);
  if (known) return known;
  const next = await movedTo(table, storeId, customerId);
  return next && readMoved(table, storeId, next);
};

const emailOfSubject = async (on: LooksUpCustomers, subject: Subject): Promise<string | undefined> => {
  try {
    return await emailOf(on, subject)(await on.envelope.open(subject));
  } catch (error) {
    if (error instanceof KeyDestroyed) return undefined;
    throw error;
  }
};

/** By what the buyer of a checkout, or of its order, is known. */
export const emailOf =
  (on: ReadsContacts, { storeId, checkoutId }: Subject) =>
  async (cipher: Pick<Cipher, "unseal">): Promise<string | undefined> => {
    const held =
      (await on.orders.get(storeId, orderIdOf(checkoutId))) ?? (await on.checkouts.get(storeId, checkoutId));
    return held && emailIn(Contact.parse(await cipher.unseal("contact", held.sealedContact)));
  };

/** Another store's customer is told like one that does not exist. */
export const ownCustomer = async (
  on: LooksUpCustomers,
  { storeId }: Caller,
  params: { readonly id: string },
): Promise<Customer> => {
  const id = CustomerId.safeParse(params.id);
  const customer = id.success ? await lookUpCustomer(on, storeId, id.data) : undefined;
  if (!customer) throw new Refusal("not_found", "There is no customer with this id.");
  return customer;
};
