import { productStore } from "#functions/catalog/product.store.ts";
import { sweepFeeds } from "#functions/feed/sweep-feeds.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { type Dial, outbound } from "#functions/runtime/outbound.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { shopSettings } from "./shop-settings.ts";
import { sweepShops } from "./sweep-shops.ts";

type Clients = { dial: Dial; seal: StoreSeal };

/** What shops say, and what agents' feeds are told: both dial hosts that stores named, at the stores' word only. */
export const wire = (on: Platform & Clients) => {
  const collaborators = {
    ...on,
    orders: orderStore(on.table),
    products: productStore(on.table),
    stores: storeStore(on.table),
    settingsOf: shopSettings(on),
  };
  return sweepHandler(on, async () => {
    const counts = await Promise.all([sweepShops(collaborators)(), sweepFeeds(collaborators)()]);
    return counts.reduce((sum, count) => sum + count, 0);
  });
};

export const handler = lambda<Clients>(wire, {
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
  seal: storeSealClient,
});
