import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { viewDisputes } from "./evidence.ts";
import type { OrderStore } from "./order.store.ts";
import { viewPersonally } from "./personal-view.ts";
import { ownOrder } from "./read-orders.ts";
import type { orderRoutes } from "./routes.ts";

type Reads = {
  orders: Pick<OrderStore, "get">;
  checkouts: CheckoutStore;
  payments: Pick<PaymentStore, "get">;
  envelope: Envelope;
};

/** Disputes of an order with the evidence for them; without a dispute the evidence is there all the same. */
export const getOrderDisputes =
  (on: Reads): Operation<typeof orderRoutes.getOrderDisputes> =>
  async ({ caller, params }) => {
    const order = await ownOrder(on.orders, caller, params);
    const [checkout, payment, personal] = await Promise.all([
      on.checkouts.get(order.storeId, order.checkoutId),
      on.payments.get(order.storeId, order.checkoutId, order.payment.attempt),
      viewPersonally(on)(caller, order),
    ]);
    if (!checkout) throw new Error("an order without its checkout");
    return { status: 200, body: viewDisputes({ order, checkout, payment }, personal) };
  };
