import type { Order } from "#functions/order/order.ts";
import type { Store } from "#functions/store/store.ts";

/** What a store says to an order. Only `refused`, a definite no, gives money and stock back. */
export type Submission =
  | { submission: "accepted" }
  | { submission: "refused"; reason: string }
  | { submission: "unknown"; reason: string };

/** Hands an order to where the store works; repeating it with the same order must be harmless there. */
export type Connector = (order: Order, store: Store) => Promise<Submission>;

/**
 * `native`: the store's integrations hear of the order by webhook and read it over REST, so it is accepted as long
 * as the store sells.
 */
export const nativeConnector: Connector = async (_order, store) =>
  store.status === "active"
    ? { submission: "accepted" }
    : { submission: "refused", reason: `store_${store.status}` };
