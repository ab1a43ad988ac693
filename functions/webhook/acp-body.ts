import type { EventEnvelope } from "#events/define-event.ts";
import { acpWebhookKind } from "#functions/acp/order-webhook.ts";
import type { OrderStore } from "#functions/order/order.store.ts";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import { OrderId } from "#functions/values/id.ts";

/**
 * The order as it is now, never a difference: ACP's receivers keep the latest snapshot, so a retry may say more than the first
 * try did. Rendered at each attempt and never stored.
 */
export const acpBody =
  (on: { orders: Pick<OrderStore, "get">; stores: Pick<StoreStore, "get"> }) =>
  async (event: EventEnvelope): Promise<string | undefined> => {
    const orderId = OrderId.safeParse(event.subject);
    const order = orderId.success ? await on.orders.get(event.storeId, orderId.data) : undefined;
    const store = order && (await on.stores.get(event.storeId));
    return store && canonicalJson(acpWebhookKind.body(order, store, event.type));
  };
