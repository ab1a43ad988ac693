import { orderStore } from "#functions/order/order.store.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { envelopeClient, storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope, StoreSeal } from "#functions/privacy/envelope.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { type Dial, outbound } from "#functions/runtime/outbound.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { bridgeConnector } from "./bridge-connector.ts";
import { connectionStore } from "./connection.store.ts";
import { receivers } from "./receiver.ts";
import { SubmitOrder, submitOrder } from "./submit-order.ts";
import { wooConnector } from "./woocommerce-connector.ts";

type Clients = { dial: Dial; envelope: Envelope; seal: StoreSeal };

export const wire = (on: Platform & Clients) =>
  taskHandler(
    on,
    SubmitOrder,
    submitOrder({
      ...on,
      orders: orderStore(on.table),
      stores: storeStore(on.table),
      payments: paymentStore(on.table),
      connections: connectionStore(on.table),
      connectors: { bridge: bridgeConnector({ ...on, receivers }), woocommerce: wooConnector(on) },
    }),
  );

export const handler = lambda<Clients>(wire, {
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
  envelope: envelopeClient,
  seal: storeSealClient,
});
