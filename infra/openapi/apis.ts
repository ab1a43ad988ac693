import { accessRoutes, leakAlertRoutes } from "#functions/access/routes.ts";
import { AcpError, refusalOf } from "#functions/acp/errors.ts";
import { acpRoutes } from "#functions/acp/routes.ts";
import { newest } from "#functions/acp/version.ts";
import { auditRoutes } from "#functions/audit/routes.ts";
import { catalogRoutes } from "#functions/catalog/routes.ts";
import { customerRoutes } from "#functions/customer/routes.ts";
import { docsPages } from "#functions/docs/pages.ts";
import { domainRoutes } from "#functions/domain/routes.ts";
import { feedRoutes } from "#functions/feed/routes.ts";
import { connectorRoutes, fulfillmentRoutes } from "#functions/fulfillment/routes.ts";
import { orderChangeRoutes, orderRoutes } from "#functions/order/routes.ts";
import { eventRoutes } from "#functions/outbox/routes.ts";
import { stripeRoutes } from "#functions/payment/routes.ts";
import { Problem, problemDetails } from "#functions/runtime/problem.ts";
import { storeRoutes } from "#functions/store/routes.ts";
import { supportRoutes } from "#functions/support/routes.ts";
import type { Refusal } from "#functions/values/refusal.ts";
import { webhookRoutes } from "#functions/webhook/routes.ts";
import { aboutPages } from "./about-pages.ts";
import type { Api } from "./openapi.ts";
import { apiVersion, auditReason, customerEmail, requestId, signedBy } from "./parameters.ts";

/** What agents call: ACP, so its headers and its flat errors. */
export const agentApi: Api = {
  file: "functions/docs/agent-api.json",
  title: "Agent API",
  description:
    "A checkout that AI agents buy through, as the Agentic Commerce Protocol (ACP) has it. An agent may also read the products, on the store API.",
  routes: { Checkout: acpRoutes, "About this API": { ...docsPages, ...aboutPages } },
  errors: {
    mediaType: "application/json",
    schema: AcpError,
    statusOf: (refusal) => refusalOf(refusal, newest).status,
  },
  parametersOf: (_, { scope }) => (scope === "public" ? [] : [apiVersion, requestId]),
  answerHeaders: {
    "Request-Id": {
      description: "The caller's own, or ours where it sent none.",
      schema: { type: "string" },
    },
  },
};

/** What stores and their integrations call: errors as problems by RFC 9457. */
export const storeApi: Api = {
  file: "functions/docs/store-api.json",
  title: "Store API",
  description: "A store's settings, catalog, orders, customers, keys and webhooks, for its integrations.",
  routes: {
    Store: { ...storeRoutes, ...connectorRoutes, ...feedRoutes },
    Domains: domainRoutes,
    Catalog: catalogRoutes,
    Orders: { ...orderRoutes, ...orderChangeRoutes, ...fulfillmentRoutes },
    Customers: customerRoutes,
    Webhooks: { ...webhookRoutes, ...eventRoutes },
    Access: accessRoutes,
    Support: supportRoutes,
    Audit: auditRoutes,
    "Signed by others": { ...stripeRoutes, ...leakAlertRoutes },
    "About this API": { ...docsPages, ...aboutPages },
  },
  errors: {
    mediaType: "application/problem+json",
    schema: Problem,
    statusOf: (refusal: Refusal) =>
      problemDetails.refused(refusal, { requestId: "", headers: {}, idempotency: undefined, deadline: 0 })
        .status,
  },
  parametersOf: (name, { recorded, raw }) => [
    ...(recorded ? [auditReason] : []),
    ...(name === "listCustomers" ? [customerEmail] : []),
    ...(raw ? (signedBy[name] ?? []) : []),
  ],
  answerHeaders: {},
};
