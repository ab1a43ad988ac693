import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { actorOf } from "#functions/audit/audit.ts";
import { type CheckoutStore, savedCheckout } from "#functions/checkout/checkout.store.ts";
import { Contact } from "#functions/checkout/contents.ts";
import { customerIn, reindexed } from "#functions/checkout/customer-in.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import { moved, type Order } from "#functions/order/order.ts";
import { rectifiedEvent } from "#functions/order/order-events.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { CustomerId, OrderId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { refuseForgotten, refuseFrozen } from "./customer.store.ts";
import { OrderOfCustomer, viewOrderOfCustomer } from "./customer-view.ts";
import { ownCustomer } from "./look-up-customer.ts";
import { ordersOf, type ReadsCustomers } from "./read-customers.ts";
import type { customerRoutes } from "./routes.ts";

const { buyer, delivery } = Contact.shape;
const { address, ...recipient } = delivery.unwrap().shape;

/** What is right; each field that is given replaces the one that was wrong. */
export const Rectification = z.strictObject({
  buyer: z.strictObject(buyer.unwrap().partial().shape).optional(),
  delivery: z
    .strictObject({ ...recipient, address: z.strictObject(address.unwrap().partial().shape).optional() })
    .optional(),
  /** Absent: all of the customer's orders. At most 20 at once, in one transaction. */
  orderIds: z.array(OrderId).min(1).max(20).optional(),
});
export type Rectification = z.infer<typeof Rectification>;

export const Rectified = z.object({
  /** Another one, where the e-mail address that it follows from was wrong. */
  id: CustomerId,
  orders: z.array(OrderOfCustomer),
});

type On = ReadsCustomers & { checkouts: CheckoutStore; envelope: Envelope; table: Table; now: Clock };

/** Seals the corrected contact of orders and of the sessions that they came from anew, and tells integrations so. */
export const rectifyCustomer =
  (on: On): Operation<typeof customerRoutes.rectifyCustomer> =>
  ({ caller, params, body, request: facts }) =>
    answerOnce(on, facts, async (request) => {
      const customer = await ownCustomer(on, caller, params);
      refuseFrozen(customer);
      await refuseForgotten(on.table, customer);
      const orders = chosen(await ordersOf(on, customer), body);
      const now = on.now();
      const changes = await Promise.all(orders.map((order) => rectified(on, order, body, now)));
      const answer = {
        id: changes[0]?.customerId ?? customer.customerId,
        orders: changes.map(({ after }) => viewOrderOfCustomer(after)),
      };
      const record = recordedAct({
        action: "customer.rectified",
        actor: actorOf(caller, facts),
        storeId: caller.storeId,
        at: now,
        decidedBy: "customers:write",
        subjects: orders.map(({ id }) => id),
      });
      const lost = await tryCommit(on.table, [
        ...changes.flatMap(({ writes }) => writes),
        record,
        storeAnswer(request, { now, status: 200, answer }),
      ]);
      return lost.length === 0 ? { status: 200, body: answer } : undefined;
    });

const chosen = (orders: readonly Order[], { orderIds }: Rectification): readonly Order[] => {
  const wanted = orderIds ? orders.filter(({ id }) => orderIds.includes(id)) : orders;
  if (wanted.length < (orderIds?.length ?? 1))
    throw new Refusal("invalid", "Not every order is this customer's.", { param: "$.orderIds" });
  if (wanted.length > 20)
    throw new Refusal("limit_exceeded", "Name the orders: at most 20 are corrected at once.", {
      param: "$.orderIds",
    });
  return wanted;
};

const rectified = async (on: On, order: Order, body: Rectification, now: Instant) => {
  const { storeId, checkoutId } = order;
  const checkout = await on.checkouts.get(storeId, checkoutId);
  const cipher = await on.envelope.open({ storeId, checkoutId });
  const contact = corrected(Contact.parse(await cipher.unseal("contact", order.sealedContact)), body);
  const customerId = await customerIn(on, storeId, contact);
  const sealedContact = await cipher.seal("contact", contact);
  const after = moved(order, order.status, now, { sealedContact, version: order.version + 1 });
  const writes: Write[] = [
    savedOrder(order, after),
    rectifiedEvent(after),
    ...(checkout
      ? [savedCheckout(checkout, { ...checkout, sealedContact, version: checkout.version + 1 })]
      : []),
    ...reindexed({ storeId, id: checkoutId }, cipher, customerId),
  ];
  return { after, customerId, writes };
};

const corrected = (contact: Contact, { buyer: right, delivery: there }: Rectification): Contact => {
  const address = { ...contact.delivery?.address, ...there?.address };
  const isAddressed = Object.keys(address).length > 0;
  const wanted = {
    ...((contact.buyer || right) && { buyer: { ...contact.buyer, ...right } }),
    ...((contact.delivery || there) && {
      delivery: { ...contact.delivery, ...there, ...(isAddressed && { address }) },
    }),
  };
  const parsed = Contact.safeParse(wanted);
  if (parsed.success) return parsed.data;
  throw new Refusal("invalid", "An order that has no such contact yet wants it whole.", {
    param: `$.${parsed.error.issues[0]?.path.join(".") ?? ""}`,
  });
};
