import type { Routes } from "#functions/runtime/route.ts";
import { EndpointPatch } from "./change-endpoint.ts";
import { EndpointWithSecret, NewEndpoint } from "./create-endpoint.ts";
import { EndpointView } from "./endpoint.ts";
import { DeliveriesPage, DeliveriesQuery, DeliveryView } from "./list-deliveries.ts";
import { EndpointList, EndpointParams, EndpointWithHealth, RemovedEndpoint } from "./read-endpoints.ts";
import { Jwks, JwksParams } from "./read-jwks.ts";
import { ReplayParams, ReplayView } from "./read-replay.ts";
import { DeliveryParams, NewReplay } from "./replay-deliveries.ts";
import { RollSecret } from "./roll-secret.ts";
import { TestAccepted } from "./test-endpoint.ts";

export const webhookRoutes = {
  createEndpoint: {
    method: "POST",
    path: "/webhook_endpoints",
    scope: "webhooks:write",
    recorded: { as: "webhook_endpoint.created", with: "act" },
    summary: "Registers a webhook endpoint and shows its signing secret, this once.",
    body: NewEndpoint,
    answers: { 201: EndpointWithSecret },
  },
  listEndpoints: {
    method: "GET",
    path: "/webhook_endpoints",
    scope: "webhooks:read",
    summary: "The store's webhook endpoints.",
    answers: { 200: EndpointList },
  },
  getEndpoint: {
    method: "GET",
    path: "/webhook_endpoints/{id}",
    scope: "webhooks:read",
    summary: "One webhook endpoint, and how it does: success rate and latency of the last days.",
    params: EndpointParams,
    answers: { 200: EndpointWithHealth },
  },
  listDeliveries: {
    method: "GET",
    path: "/webhook_endpoints/{id}/deliveries",
    scope: "webhooks:read",
    summary: "What was sent to an endpoint or is on its way, newest first, and how it was answered.",
    params: EndpointParams,
    query: DeliveriesQuery,
    answers: { 200: DeliveriesPage },
  },
  resendDelivery: {
    method: "POST",
    path: "/webhook_endpoints/{id}/deliveries/{eventId}/resend",
    scope: "webhooks:write",
    recorded: { as: "webhook.resent", with: "act" },
    summary: "Sends one event to this endpoint once more, under the same id.",
    params: DeliveryParams,
    answers: { 202: DeliveryView },
  },
  replayDeliveries: {
    method: "POST",
    path: "/webhook_endpoints/{id}/replay",
    scope: "webhooks:write",
    recorded: { as: "webhooks.replayed", with: "act" },
    summary:
      "Sends to this endpoint, under the same ids, what came to it or what it asks for by now. Some events, those of a time, also from before it was there, or all that failed. Events are kept 90 days, and nothing is tried for longer.",
    params: EndpointParams,
    body: NewReplay,
    answers: { 202: ReplayView },
  },
  getReplay: {
    method: "GET",
    path: "/webhook_endpoints/{id}/replays/{replayId}",
    scope: "webhooks:read",
    summary: "How far a replay has come.",
    params: ReplayParams,
    answers: { 200: ReplayView },
  },
  changeEndpoint: {
    method: "PATCH",
    path: "/webhook_endpoints/{id}",
    scope: "webhooks:write",
    recorded: { as: "webhook_endpoint.changed", with: "act" },
    summary: "Changes what an endpoint hears of, or disables or enables it; what is left out stays.",
    params: EndpointParams,
    body: EndpointPatch,
    answers: { 200: EndpointView },
  },
  removeEndpoint: {
    method: "DELETE",
    path: "/webhook_endpoints/{id}",
    scope: "webhooks:write",
    recorded: { as: "webhook_endpoint.removed", with: "act" },
    summary: "Removes a webhook endpoint; what is on its way to it is canceled.",
    params: EndpointParams,
    answers: { 200: RemovedEndpoint },
  },
  rollSecret: {
    method: "POST",
    path: "/webhook_endpoints/{id}/roll_secret",
    scope: "webhooks:write",
    recorded: { as: "webhook_secret.rolled", with: "act" },
    summary:
      "Makes a new signing secret and shows it, this once; the former ones sign on during the overlap.",
    params: EndpointParams,
    body: RollSecret,
    answers: { 200: EndpointWithSecret },
  },
  /** Public, because whoever verifies what an endpoint got has no key of the store: public keys, and nothing else. */
  getJwks: {
    method: "GET",
    path: "/stores/{storeId}/webhook_endpoints/{id}/jwks.json",
    scope: "public",
    summary: "The public keys that verify the `v1a` signatures of an endpoint's deliveries.",
    params: JwksParams,
    answers: { 200: Jwks },
  },
  testEndpoint: {
    method: "POST",
    path: "/webhook_endpoints/{id}/test",
    scope: "webhooks:write",
    unrecorded: "A test names nobody and changes nothing: it sends its event where events go already.",
    summary:
      "Sends an `endpoint.tested` event to this endpoint only; a receiver that answers with its challenge is proven.",
    params: EndpointParams,
    answers: { 202: TestAccepted },
  },
} as const satisfies Routes;
