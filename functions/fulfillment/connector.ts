import type { Order } from "#functions/order/order.ts";
import type { Store } from "#functions/store/store.ts";
import type { Connection } from "./connection.ts";

/** What a store says to an order. Only `refused`, a definite no, gives money and stock back. */
export type Submission =
  | { submission: "accepted" }
  | { submission: "refused"; reason: string }
  | { submission: "unknown"; reason: string };

/** An order's way to its shop. */
export type Way = {
  readonly connection: Connection;
  /** Puts on record that the shop is shown who bought. `false`: another run has the order by now. */
  shows(): Promise<boolean>;
};

export type Connector = {
  /**
   * Hands an order to where the store works; repeating it with the same order must be harmless there. Nobody's
   * data is sent before `shows` was true.
   */
  submit(order: Order, way: Way): Promise<Submission>;
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
  async (order: Order, store: Store, way: Way | undefined): Promise<Submission> => {
    if (store.status !== "active") return { submission: "refused", reason: `store_${store.status}` };
    return way ? connectors[way.connection.kind].submit(order, way) : { submission: "accepted" };
  };

/** Whoever is slower than its lease shows nobody anything. */
export const overtaken = { submission: "unknown", reason: "another_run_was_faster" } as const;
