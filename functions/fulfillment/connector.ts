import type { Order } from "#functions/order/order.ts";
import type { Store } from "#functions/store/store.ts";
import type { Connection } from "./connection.ts";

/** What a store says to an order. Only `refused`, a definite no, gives money and stock back. */
export type Submission =
  | { submission: "accepted" }
  | { submission: "refused"; reason: string }
  | { submission: "unknown"; reason: string };

export type Connector = {
  /** Hands an order to where the store works; repeating it with the same order must be harmless there. */
  submit(order: Order, connection: Connection): Promise<Submission>;
  /** Says what became of an order that may have come there, again and again until it is heard; the last word holds. */
  tell(order: Order, connection: Connection): Promise<boolean>;
};

/** By kind; a store that has none of these is `native`. */
export type Connectors = Readonly<Record<Connection["kind"], Connector>>;

/**
 * A store that does not sell takes nothing. `native`: its integrations hear of the order by webhook and read it over
 * REST, so it is accepted.
 */
export const submitThrough =
  (connectors: Connectors) =>
  async (order: Order, store: Store, connection: Connection | undefined): Promise<Submission> => {
    if (store.status !== "active") return { submission: "refused", reason: `store_${store.status}` };
    return connection ? connectors[connection.kind].submit(order, connection) : { submission: "accepted" };
  };
