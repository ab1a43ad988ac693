import { z } from "zod";
import type { OrderStore } from "#functions/order/order.store.ts";
import type { Order } from "#functions/order/order.ts";
import { viewPersonally } from "#functions/order/personal-view.ts";
import { readCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import type { Operation } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { OrderId, orderIdOf } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Customer, isFrozen, readCustomer } from "./customer.store.ts";
import { CustomerView, viewOrderOfCustomer } from "./customer-view.ts";
import { type LooksUpCustomers, lookUpCustomer, ownCustomer } from "./look-up-customer.ts";
import type { customerRoutes } from "./routes.ts";

export type ReadsCustomers = LooksUpCustomers & { orders: OrderStore };

export const CustomerParams = z.strictObject({ id: z.string() });
export const CustomersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(20),
  /** `next` of the page before. */
  after: OrderId.optional(),
});
export const CustomersPage = z.object({ customers: z.array(CustomerView), next: OrderId.optional() });

export const getCustomer =
  (on: ReadsCustomers): Operation<typeof customerRoutes.getCustomer> =>
  async ({ caller, params }) => ({
    status: 200,
    body: await viewCustomer(on, caller, await ownCustomer(on, caller, params)),
  });

/**
 * One by e-mail address, which comes in the header `Customer-Email`: an address of a request's path is written into logs
 * by everything on its way. Without that header all customers, by page.
 */
export const listCustomers =
  (on: ReadsCustomers): Operation<typeof customerRoutes.listCustomers> =>
  async ({ caller, query, request }) => {
    const email = request.headers["customer-email"];
    return {
      status: 200,
      body: await (email === undefined ? listed(on, caller, query) : found(on, caller, email)),
    };
  };

const found = async (
  on: ReadsCustomers,
  caller: Caller,
  text: string,
): Promise<z.infer<typeof CustomersPage>> => {
  const email = z.email().max(254).safeParse(text.trim());
  if (!email.success) throw new Refusal("invalid", "Customer-Email must be an e-mail address.");
  const customerIds = await on.envelope.customersOf(caller.storeId, email.data);
  const customer = await readCustomer(on.table, caller.storeId, customerIds);
  return { customers: customer ? [await viewCustomer(on, caller, customer)] : [] };
};

/** Pages of the store's orders, newest first, in which each customer stands where their newest order does. */
const listed = async (
  on: ReadsCustomers,
  caller: Caller,
  { limit, after: cursor }: z.infer<typeof CustomersQuery>,
): Promise<z.infer<typeof CustomersPage>> => {
  const after = cursor && (await on.orders.get(caller.storeId, cursor));
  if (cursor && !after) throw new Refusal("invalid", "There is no such order.", { param: "$.after" });
  const { orders, next } = await on.orders.list(caller.storeId, { limit, after: after || undefined });
  const views = await Promise.all(orders.map((order) => newestOf(on, caller, order)));
  return {
    customers: views.filter((view) => view !== undefined),
    next: next?.id,
  };
};

const newestOf = async (
  on: ReadsCustomers,
  caller: Caller,
  order: Order,
): Promise<CustomerView | undefined> => {
  const key = await readCheckoutKey(on.table, order);
  const customer = key?.customerId && (await lookUpCustomer(on, order.storeId, key.customerId));
  if (!customer) return undefined;
  const view = await viewCustomer(on, caller, customer);
  return view.orders[0]?.id === order.id ? view : undefined;
};

/** A session that came to nothing is no order: what is in it is the buyer's and their agent's. */
export const ordersOf = async (
  on: Pick<ReadsCustomers, "orders">,
  { storeId, keys }: Customer,
): Promise<Order[]> => {
  const orders = await Promise.all(
    keys.map(({ subject }) => on.orders.get(storeId, orderIdOf(subject.checkoutId))),
  );
  return orders
    .filter((order) => order !== undefined)
    .sort((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1));
};

export const viewCustomer = async (
  on: Omit<ReadsCustomers, "table">,
  caller: Caller,
  customer: Customer,
): Promise<CustomerView> => {
  const orders = await ordersOf(on, customer);
  const [newest] = orders;
  return {
    id: customer.customerId,
    restricted: isFrozen(customer),
    ...(newest && { contact: (await viewPersonally(on)(caller, newest)).contact }),
    orders: orders.map(viewOrderOfCustomer),
  };
};
