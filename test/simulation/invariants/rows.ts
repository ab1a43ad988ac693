import { Checkout } from "#functions/checkout/checkout.ts";
import { Order } from "#functions/order/order.ts";
import { Payment } from "#functions/payment/payment.ts";
import type { Row } from "#functions/runtime/table.ts";
import { Delivery } from "#functions/webhook/delivery.ts";
import type { RowChange } from "../../fakes/memory-table.ts";
import type { Cloud } from "../cloud/cloud.ts";

/** Which kind of row this is, by its key. */
export const kindOf = ({ table, key: { pk, sk } }: RowChange): Kind | undefined => {
  if (table === "commerce" && sk.startsWith("payment#")) return "payment";
  if (table === "commerce" && (sk === "checkout" || sk === "order")) return sk;
  if (table === "webhooks" && sk === "delivery") return "delivery";
  if (table === "outbox") return "event";
  return table === "commerce" && pk.includes("#stock#") ? "stock" : undefined;
};
export type Kind = "checkout" | "order" | "payment" | "delivery" | "event" | "stock";

/** Rows are believed here: what reads them for the shop parses them. */
type Change<Value> = { readonly before: Value | undefined; readonly after: Value | undefined };

const changesOf =
  <Value>(kind: Kind) =>
  (changes: readonly RowChange[]): Change<Value>[] =>
    changes.filter((change) => kindOf(change) === kind) as unknown as Change<Value>[];

export const checkoutsIn = changesOf<Checkout>("checkout");
export const ordersIn = changesOf<Order>("order");
export const eventsIn = changesOf<EventRow>("event");
export const stockIn = changesOf<StockRow>("stock");

export type EventRow = Row & {
  id: string;
  type: string;
  storeId: string;
  subject: string;
  version: number;
  principalId?: string;
};
export type StockRow = Row & { available: number; unlimited?: boolean };

const all =
  <Value>(
    table: "commerce" | "webhooks" | "outbox",
    parse: (row: Row) => Value,
    wanted: (row: Row) => boolean,
  ) =>
  ({ table: tables }: Cloud): Value[] =>
    [...tables.lookAll(table)].filter(wanted).map(parse);

export const allCheckouts = all(
  "commerce",
  (row) => Checkout.parse(row),
  ({ sk }) => sk === "checkout",
);
export const allOrders = all(
  "commerce",
  (row) => Order.parse(row),
  ({ sk }) => sk === "order",
);
export const allPayments = all(
  "commerce",
  (row) => Payment.parse(row),
  ({ sk }) => sk.startsWith("payment#"),
);
export const allDeliveries = all(
  "webhooks",
  (row) => Delivery.parse(row),
  ({ sk }) => sk === "delivery",
);
export const allEvents = all(
  "outbox",
  (row) => row as EventRow,
  () => true,
);
