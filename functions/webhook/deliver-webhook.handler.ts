import { orderStore } from "#functions/order/order.store.ts";
import { storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
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
import { wakeSender } from "./wake-sender.ts";

type Clients = { enqueue: Enqueue; seal: StoreSeal; dial: Dial };

export const wire = (on: Platform & Clients) =>
  queueHandler(
    on,
    DeliverWebhook,
    deliverWebhook({
      ...on,
      endpoints: endpointStore(on.table),
      kinds: webhookKinds({
        acpBody: acpBody({ orders: orderStore(on.table), stores: storeStore(on.table) }),
      }),
      wake: wakeSender(on.enqueue, on.environment.get("DELIVERY_QUEUE_URL")),
    }),
  );

export const handler = lambda<Clients>(wire, {
  enqueue: queueClient,
  seal: storeSealClient,
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
});
