import { describe, expect, test } from "vitest";
import { readStock, setStock } from "#functions/catalog/stock.store.ts";
import { reservationOf } from "#functions/checkout/stock-writes.ts";
import { moved, type Order } from "#functions/order/order.ts";
import { stockWritesOf } from "#functions/order/order-stock.ts";
import type { Refund } from "#functions/order/refund.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { aCheckout, anOrder, aProduct, now, storeId } from "#test/examples.ts";

const totals = { base: 0, discount: 0, subtotal: 0, tax: 0, total: 0 };
const line = (productId: string, quantity: number) => ({
  productId,
  quantity,
  title: "A thing",
  unitAmount: 100,
  digital: false,
  totals,
});
const quote = {
  ...aCheckout().quote,
  lines: [line("mug", 3), line("tea", 1)],
};

/** Ten of each on hand, of which an order reserved three mugs and one tea. */
const aWorld = async () => {
  const table = memoryTable();
  for (const id of ["mug", "tea"]) await table.commit([setStock(storeId, id, { onHand: 10 })]);
  const stock = { onHand: 10, reserved: 0, available: 10, version: 1, revision: 1 };
  const offers = new Map(["mug", "tea"].map((id) => [id, { product: aProduct({ id }), stock }]));
  await table.commit(reservationOf(aCheckout({ lines: quote.lines }), quote, offers, now));
  const move = async (before: Order, to: Order["status"], changes: Partial<Order> = {}) => {
    const after = moved(before, to, now, changes);
    await table.commit(stockWritesOf(before, after));
    return after;
  };
  const stocks = async () =>
    Object.fromEntries(
      await Promise.all(
        ["mug", "tea"].map(async (id) => {
          const { onHand, reserved, available } = (await readStock(table, storeId, id)) ?? {};
          return [id, [onHand, reserved, available]];
        }),
      ),
    );
  const confirmed = async () => move(placed, "confirmed", { confirmedAt: now });
  return { move, stocks, confirmed };
};
const placed = anOrder({ quote });

const aRefund = (given: Partial<Refund>): Refund => ({
  number: 1,
  status: "succeeded",
  amount: 100,
  lines: [],
  shipping: false,
  restock: false,
  reason: "returned",
  origin: "store",
  requestedAt: now,
  updatedAt: now,
  ...given,
});

describe("stock, on hand, reserved and available", () => {
  test("is sold when the order is confirmed", async () => {
    const { stocks, confirmed } = await aWorld();
    expect(await stocks()).toEqual({ mug: [10, 3, 7], tea: [10, 1, 9] });
    await confirmed();
    expect(await stocks()).toEqual({ mug: [7, 0, 7], tea: [9, 0, 9] });
  });

  test("is as it was when an order ends that was not confirmed", async () => {
    const { stocks, move } = await aWorld();
    await move(await move(placed, "canceling"), "canceled");
    expect(await stocks()).toEqual({ mug: [10, 0, 10], tea: [10, 0, 10] });
  });

  test("is as it was when a confirmed order is canceled", async () => {
    const { stocks, move, confirmed } = await aWorld();
    await move(await move(await confirmed(), "canceling"), "canceled");
    expect(await stocks()).toEqual({ mug: [10, 0, 10], tea: [10, 0, 10] });
  });

  test("does not get back twice what a refund put back", async () => {
    const { stocks, move, confirmed } = await aWorld();
    const back = [
      { productId: "mug", quantity: 2, amount: 100 },
      { productId: "tea", quantity: 1, amount: 100 },
    ];
    const order = await confirmed();
    const requested = { ...order, refunds: [aRefund({ status: "requested", lines: back, restock: true })] };
    await move(requested, "confirmed");
    expect(await stocks()).toEqual({ mug: [7, 0, 7], tea: [9, 0, 9] });
    const refunded = await move(requested, "confirmed", {
      refunds: [
        aRefund({ lines: back, restock: true }),
        aRefund({ number: 2, lines: [{ productId: "mug", quantity: 1, amount: 100 }] }),
      ],
    });
    expect(await stocks()).toEqual({ mug: [9, 0, 9], tea: [10, 0, 10] });
    await move(await move(refunded, "canceling"), "canceled");
    expect(await stocks()).toEqual({ mug: [10, 0, 10], tea: [10, 0, 10] });
  });

  test("comes back once, however often a refund of the same pieces is made again", async () => {
    const { stocks, move, confirmed } = await aWorld();
    const refund = aRefund({ lines: [{ productId: "mug", quantity: 3, amount: 100 }], restock: true });
    const order = await move(await confirmed(), "confirmed", { refunds: [refund] });
    const failed = { ...refund, status: "failed" as const };
    await move(order, "confirmed", { refunds: [failed, { ...refund, number: 2 }] });
    expect(await stocks()).toEqual({ mug: [10, 0, 10], tea: [9, 0, 9] });
  });

  test("is untouched by a move that decides nothing about it", async () => {
    const { stocks, move, confirmed } = await aWorld();
    const order = await confirmed();
    await move(order, "confirmed");
    await move(order, "canceling");
    expect(await stocks()).toEqual({ mug: [7, 0, 7], tea: [9, 0, 9] });
  });
});
