import { recordRequest } from "#functions/audit/record-request.ts";
import { productStore } from "#functions/catalog/product.store.ts";
import { putAgentFeed } from "#functions/feed/put-agent-feed.ts";
import { listAgentFeeds, removeAgentFeed } from "#functions/feed/read-agent-feeds.ts";
import { feedRoutes } from "#functions/feed/routes.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { type Dial, outbound } from "#functions/runtime/outbound.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { currencyStore } from "#functions/store/currency.store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { connectionStore } from "./connection.store.ts";
import { importProducts } from "./import-products.ts";
import { putConnector } from "./put-connector.ts";
import { getConnector, removeConnector } from "./read-connector.ts";
import { listReceivers } from "./read-receivers.ts";
import { addFulfillmentEvent, createFulfillment } from "./record-fulfillment.ts";
import { rollConnectorSecret } from "./roll-connector-secret.ts";
import { connectorRoutes, fulfillmentRoutes } from "./routes.ts";
import { shopSettings } from "./shop-settings.ts";

type Clients = { dial: Dial; seal: StoreSeal };

export const wire = (on: Platform & Clients) => {
  const collaborators = {
    ...on,
    orders: orderStore(on.table),
    connections: connectionStore(on.table),
    stores: storeStore(on.table),
    currencies: currencyStore(on.table),
    products: productStore(on.table),
    settingsOf: shopSettings(on),
    policy: parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY")),
  };
  return apiHandler(on, {
    routes: { ...fulfillmentRoutes, ...connectorRoutes, ...feedRoutes },
    operations: {
      createFulfillment: createFulfillment(collaborators),
      addFulfillmentEvent: addFulfillmentEvent(collaborators),
      getConnector: getConnector(collaborators),
      putConnector: putConnector(collaborators),
      rollConnectorSecret: rollConnectorSecret(collaborators),
      listReceivers: listReceivers(collaborators),
      importProducts: importProducts(collaborators),
      removeConnector: removeConnector(collaborators),
      listAgentFeeds: listAgentFeeds(collaborators),
      putAgentFeed: putAgentFeed(collaborators),
      removeAgentFeed: removeAgentFeed(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda<Clients>(wire, {
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
  seal: storeSealClient,
});
