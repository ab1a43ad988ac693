import { z } from "zod";
import { toIso } from "../functions/values/clock.ts";
import { catalogue } from "./catalogue.ts";
import type { EventDefinition } from "./define-event.ts";
import { sampleOf } from "./json-schema.ts";
import { ToldCustomer } from "./told-customer.ts";

/** An AsyncAPI 3 document of what a `standard` webhook endpoint is sent: the catalogue, by the published schemas. */
export const asyncApi = () => ({
  asyncapi: "3.0.0",
  info: {
    title: "Events of agentic-checkout",
    version: "1",
    description: [
      "Facts about a store's checkouts, orders, payments and keys, sent by POST to the webhook endpoints that",
      "`POST /webhook_endpoints` of the store API registers, signed as Standard Webhooks. An event may come twice, late or",
      "out of order: remember `id`, compare `version`. Ignore fields that you do not know. Answer 2xx within 15 seconds;",
      "anything else is tried again. An endpoint of kind `thin` is sent `id`, `type`, `storeId`, `subject` and `timestamp`",
      "alone. One of kind `event_bus` is sent the same payload as the `detail` of an event of EventBridge, whose `source` is",
      "`agentic-checkout`, whose `detail-type` is the message's name and whose `time` is `occurredAt`; unsigned, and with",
      "`previousEventId` and `outOfOrder: true` in the detail in place of the headers.",
    ].join("\n"),
  },
  defaultContentType: "application/json",
  channels: {
    webhooks: {
      // Each endpoint's own.
      address: null,
      description: "A webhook endpoint of an integration.",
      messages: Object.fromEntries(
        catalogue.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
      ),
      bindings: { http: {} },
    },
  },
  operations: {
    sendEvents: {
      action: "send",
      channel: { $ref: "#/channels/webhooks" },
      summary: "Sends each event that an endpoint asked for, until it is taken.",
      bindings: { http: { method: "POST" } },
    },
  },
  components: {
    messages: Object.fromEntries(catalogue.map((definition) => [definition.type, messageOf(definition)])),
    schemas: { Headers: headers },
  },
});

const messageOf = (definition: EventDefinition) => {
  const sample = sampleOf(definition);
  const payload = { ...sample, timestamp: toIso(sample.occurredAt) };
  return {
    name: definition.type,
    title: definition.type,
    summary: definition.means,
    headers: { $ref: "#/components/schemas/Headers" },
    payload: {
      schemaFormat: "application/schema+json;version=draft-2020-12",
      schema: {
        allOf: [{ $ref: `./schemas/${definition.type}.json` }, withTimestamp, ...withCustomer(definition)],
      },
    },
    examples: [{ name: "sample", payload }],
  };
};

/** An endpoint that asked is told who bought. */
const withCustomer = ({ type }: EventDefinition): object[] =>
  type.startsWith("order.") ? [z.toJSONSchema(ToldCustomer.partial(), { io: "input" })] : [];

const withTimestamp = {
  type: "object",
  description: "`occurredAt` once more, as Standard Webhooks writes it.",
  properties: { timestamp: { type: "string", format: "date-time" } },
  required: ["timestamp"],
};

/** Standard Webhooks 1.0; the same `webhook-id` on every attempt, a fresh time and signature on each. */
const headers = {
  type: "object",
  properties: {
    "webhook-id": { type: "string", description: "The event's `id`." },
    "webhook-timestamp": {
      type: "string",
      pattern: "^[0-9]+$",
      description: "When this attempt was made, in seconds; refuse one of more than five minutes ago.",
    },
    "webhook-signature": {
      type: "string",
      description:
        "`v1,` and base64 of HMAC-SHA-256 over `id.timestamp.body`, and `v1a,` and base64 of Ed25519 over the same; several of each while a secret is rolled, any one will do.",
    },
    "webhook-previous-id": {
      type: "string",
      description:
        "The `webhook-id` of the event before it about the same subject that this endpoint hears of.",
    },
    "webhook-out-of-order": {
      type: "string",
      const: "true",
      description: "The event before it about the same subject has not been taken yet, after ten minutes.",
    },
  },
  required: ["webhook-id", "webhook-timestamp", "webhook-signature"],
};
