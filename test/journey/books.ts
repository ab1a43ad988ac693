import { expect } from "vitest";
import type { State } from "#infra/local/stripe/state.ts";
import type { Store } from "./store.ts";
import type { OrderView } from "./store-api/client.ts";

/** Every order of the store, page by page. */
export const allOrders = async (store: Store): Promise<OrderView[]> => {
  const orders: OrderView[] = [];
  let after: string | undefined;
  do {
    const page = await store.orders.listOrders({ limit: 100, after });
    orders.push(...page.orders);
    after = page.next;
  } while (after);
  return orders;
};

/** Nothing sold is still on the shelf, nothing that was given back is missing there, and nothing is laid aside. */
export const expectStockToBeRight = async (
  store: Store,
  orders: readonly OrderView[],
  atFirst: Readonly<Record<string, number>>,
): Promise<void> => {
  for (const [id, atFirstOnHand] of Object.entries(atFirst)) {
    const { stock } = await store.catalog.getProduct(id);
    const left = atFirstOnHand - unitsOf(id, orders);
    expect(stock, id).toMatchObject({ onHand: left, reserved: 0, available: left });
  }
};

const unitsOf = (id: string, orders: readonly OrderView[]): number =>
  orders
    .flatMap(({ lines }) => lines)
    .filter(({ productId }) => productId === id)
    .reduce((sum, { quantity }) => sum + quantity, 0);

const holding: readonly string[] = ["requires_capture", "processing", "requires_action"];

/** Each order is paid by one PaymentIntent, in full; no other one has money, and none holds any. */
export const expectMoneyToBeRight = (stripe: State, orders: readonly OrderView[]): void => {
  const intents = stripe.all("intent");
  expect(intents.filter(({ status }) => holding.includes(status))).toEqual([]);
  const paid = intents
    .filter(({ status }) => status === "succeeded")
    .map(({ id, metadata, charge }) => ({
      order: String(metadata["checkout"]).replace("chk_", "ord_"),
      paymentIntentId: id,
      captured: charge?.amountCaptured,
      refunded: charge?.amountRefunded,
    }));
  const owed = orders.map(({ id, payment, total }) => ({
    order: id,
    paymentIntentId: payment.paymentIntentId,
    captured: total,
    refunded: 0,
  }));
  expect(paid.sort(byOrder)).toEqual(owed.sort(byOrder));
};

const byOrder = (left: { readonly order: string }, right: { readonly order: string }): number =>
  left.order < right.order ? -1 : 1;
