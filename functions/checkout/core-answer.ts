import type { Order } from "#functions/order/order.ts";
import type { Store } from "#functions/store/store.ts";
import type { Checkout } from "./checkout.ts";
import type { Contact } from "./contents.ts";

/** A checkout with its personal fields opened, for the caller that owns it. */
export type OpenCheckout = {
  readonly checkout: Checkout;
  readonly contact: Contact;
  readonly notes?: string | undefined;
};

/** What every checkout operation answers; a façade renders it, and renders it again for a replay. */
export type CoreAnswer = {
  /** The same request was answered before: nothing was done this time. */
  readonly replayed: boolean;
  readonly opened: OpenCheckout;
  /** Once the checkout is completed: as it was placed, or for a reader as it is. */
  readonly order?: Order | undefined;
  readonly store: Store;
};
