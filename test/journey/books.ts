import { expect } from "vitest";
import type { ProductAnswer } from "#functions/catalog/show-product.ts";
import type { OrderView } from "#functions/order/order-view.ts";
import { callStore } from "#infra/local/demo/shop.ts";
import type { State } from "#infra/local/stripe/state.ts";

type On = { readonly storeApi: string; readonly adminKey: string };

/** Every order of the store, page by page. */
export const allOrders = async ({ storeApi, adminKey }: On): Promise<OrderView[]> => {
  const orders: OrderView[] = [];
  let after = "";
  do {
    const path = `/orders?limit=100${after}`;
    const page = await callStore<Page>(storeApi, adminKey, "GET", path);
    orders.push(...page.orders);
    after = page.next ? `&after=${page.next}` : "";
  } while (after);
  return orders;
};
type Page = { readonly orders: OrderView[]; readonly next?: string };

/** Nothing sold is still on the shelf, nothing that was given back is missing there, and nothing is laid aside. */
export const expectStockToBeRight = async (
  { storeApi, adminKey }: On,
  orders: readonly OrderView[],
  atFirst: Readonly<Record<string, number>>,
): Promise<void> => {
  for (const [id, atFirstOnHand] of Object.entries(atFirst)) {
    const { stock } = await callStore<ProductAnswer>(storeApi, adminKey, "GET", `/products/${id}`);
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
