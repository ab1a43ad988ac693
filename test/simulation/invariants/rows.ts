import { Checkout } from "#functions/checkout/checkout.ts";
import { Order } from "#functions/order/order.ts";
import { Payment } from "#functions/payment/payment.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Row } from "#functions/runtime/table.ts";
import { Delivery } from "#functions/webhook/delivery.ts";
import type { Cloud } from "../cloud/cloud.ts";

type Place = Pick<RowChange, "table" | "key">;

const kinds = {
  checkout: ({ table, key }: Place) => table === "commerce" && key.sk === "checkout",
  order: ({ table, key }: Place) => table === "commerce" && key.sk === "order",
  payment: ({ table, key }: Place) => table === "commerce" && key.sk.startsWith("payment#"),
  stock: ({ table, key }: Place) => table === "commerce" && key.sk === "stock",
  event: ({ table }: Place) => table === "outbox",
  delivery: ({ table, key }: Place) => table === "webhooks" && key.sk === "delivery",
} as const;
export type Kind = keyof typeof kinds;

/** Which kind of row this is, by its key. */
export const kindOf = (place: Place): Kind | undefined =>
  (Object.keys(kinds) as Kind[]).find((kind) => kinds[kind](place));

/** Rows are believed here: what reads them for the shop parses them. */
type Change<Value> = { readonly before: Value | undefined; readonly after: Value | undefined };

const changesOf =
  <Value>(kind: Kind) =>
  (changes: readonly RowChange[]): Change<Value>[] =>
    changes.filter(kinds[kind]) as unknown as Change<Value>[];

export const checkoutsIn = changesOf<Checkout>("checkout");
export const ordersIn = changesOf<Order>("order");
export const paymentsIn = changesOf<Payment>("payment");
export const eventsIn = changesOf<EventRow>("event");
export const deliveriesIn = changesOf<Delivery>("delivery");
export const stockIn = changesOf<StockRow>("stock");

export type EventRow = Row & {
  id: string;
  type: string;
  storeId: string;
  subject: string;
  version: number;
  occurredAt: number;
  principalId?: string;
};
export type StockRow = Row & { available: number; reserved?: number; unlimited?: boolean };

const allOf =
  <Value>(table: RowChange["table"], kind: Kind, parse: (row: Row) => Value) =>
  (cloud: Cloud): Value[] =>
    [...cloud.table.lookAll(table)].filter((key) => kinds[kind]({ table, key })).map(parse);

/** On record: somebody outside is shown who bought. */
export const toldIn = (changes: readonly RowChange[]): Row[] =>
  changes.flatMap(({ after }) => (after?.["action"] === "customer.told" ? [after] : []));

export const allCheckouts = allOf("commerce", "checkout", (row) => Checkout.parse(row));
export const allOrders = allOf("commerce", "order", (row) => Order.parse(row));
export const allPayments = allOf("commerce", "payment", (row) => Payment.parse(row));
export const allDeliveries = allOf("webhooks", "delivery", (row) => Delivery.parse(row));
export const allEvents = allOf("outbox", "event", (row) => row as EventRow);
