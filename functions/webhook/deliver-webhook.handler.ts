import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { otherBusClient } from "#functions/outbox/other-bus.client.ts";
import type { PutOnBus } from "#functions/outbox/other-bus.ts";
import { envelopeClient, storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope, StoreSeal } from "#functions/privacy/envelope.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { type Dial, outbound } from "#functions/runtime/outbound.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type Enqueue, queueClient } from "#functions/runtime/queue.client.ts";
import { queueHandler } from "#functions/runtime/queue-handler.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { acpBody } from "./acp-body.ts";
import { DeliverWebhook, deliverWebhook } from "./deliver-webhook.ts";
import { endpointStore } from "./endpoint.store.ts";
import { webhookKinds } from "./kinds.ts";
import { tellCustomer } from "./tell-customer.ts";
import { wakeSender } from "./wake-sender.ts";

type Clients = {
  enqueue: Enqueue;
  seal: StoreSeal;
  envelope: Envelope;
  dial: Dial;
  putOnBus: PutOnBus;
};

export const wire = (on: Platform & Clients) => {
  const orders = orderStore(on.table);
  return queueHandler(
    on,
    DeliverWebhook,
    deliverWebhook({
      ...on,
      endpoints: endpointStore(on.table),
      kinds: webhookKinds({ acpBody: acpBody({ orders, stores: storeStore(on.table) }) }),
      tellCustomer: tellCustomer({
        ...on,
        orders,
        principals: principalStore(on.table),
        keys: licenseKeyStore(on.table),
      }),
      wake: wakeSender(on.enqueue, on.environment.get("DELIVERY_QUEUE_URL")),
    }),
  );
};

export const handler = lambda<Clients>(wire, {
  enqueue: queueClient,
  seal: storeSealClient,
  envelope: envelopeClient,
  putOnBus: otherBusClient,
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
});
