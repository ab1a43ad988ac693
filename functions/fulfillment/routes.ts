import { z } from "zod";
import { OrderParams } from "#functions/order/read-orders.ts";
import type { Routes } from "#functions/runtime/route.ts";
import { ConnectionView, Kind } from "./connection.ts";
import { FulfillmentView } from "./fulfillment-view.ts";
import { ImportAnswer, ImportProducts } from "./import-products.ts";
import { NewFulfillment, NewFulfillmentEvent } from "./order-fulfillments.ts";
import { PutConnector } from "./put-connector.ts";
import { ReceiverPackages } from "./read-receivers.ts";
import { FulfillmentParams } from "./record-fulfillment.ts";
import { RollConnectorSecret } from "./roll-connector-secret.ts";

export const fulfillmentRoutes = {
  createFulfillment: {
    method: "POST",
    path: "/orders/{id}/fulfillments",
    scope: "fulfillments:write",
    recorded: { as: "fulfillment.recorded", with: "act" },
    summary:
      "Pieces of a confirmed order are on their way, or being packed: those of the lines, or all that is still to be sent. Never more than that; never while a bank questions the payment.",
    params: OrderParams,
    body: NewFulfillment,
    answers: { 201: FulfillmentView },
  },
  addFulfillmentEvent: {
    method: "POST",
    path: "/orders/{id}/fulfillments/{fulfillment_id}/events",
    scope: "fulfillments:write",
    recorded: { as: "fulfillment.recorded", with: "act" },
    summary:
      "What became of a fulfillment, or of some of its pieces: shipped, delivered, failed, returned. What failed will not arrive, and another may be sent.",
    params: FulfillmentParams,
    body: NewFulfillmentEvent,
    answers: { 201: FulfillmentView },
  },
} as const satisfies Routes;

/** With the secret that this request made for a bridge; no other answer shows it. */
const Connected = z.looseObject({ kind: Kind, url: z.string(), secret: z.string().optional() });

export const connectorRoutes = {
  getConnector: {
    method: "GET",
    path: "/store/connector",
    scope: "store:read",
    summary: "How the store's orders reach its shop, never with its secret.",
    answers: { 200: ConnectionView },
  },
  putConnector: {
    method: "PUT",
    path: "/store/connector",
    scope: "connections:write",
    recorded: { as: "connector.put", with: "act" },
    summary:
      "Has orders sent to the store's own shop: to its bridge, signed by a new secret that is shown this once, or to WooCommerce.",
    body: PutConnector,
    answers: { 200: Connected },
  },
  rollConnectorSecret: {
    method: "POST",
    path: "/store/connector/roll_secret",
    scope: "connections:write",
    recorded: { as: "connector_secret.rolled", with: "act" },
    summary:
      "Makes a new secret for the store's bridge and shows it, this once; the former ones sign on during the overlap.",
    body: RollConnectorSecret,
    answers: { 200: Connected },
  },
  listReceivers: {
    method: "GET",
    path: "/store/connector/receivers",
    scope: "store:read",
    summary: "What a shop installs to answer its bridge, a file each, with version, SHA-256 and signature.",
    answers: { 200: ReceiverPackages },
  },
  importProducts: {
    method: "PUT",
    path: "/store/connector/products",
    scope: "products:write",
    recorded: { as: "products.put", with: "act" },
    summary:
      "Brings a page of what the connected WooCommerce site sells into the catalog, with its prices and stock.",
    body: ImportProducts,
    answers: { 200: ImportAnswer },
  },
  removeConnector: {
    method: "DELETE",
    path: "/store/connector",
    scope: "connections:write",
    recorded: { as: "connector.removed", with: "act" },
    summary: "Forgets the shop and its secret: integrations hear of orders by webhook and read them.",
    answers: { 200: ConnectionView },
  },
} as const satisfies Routes;
