import { asPlaced, type Order } from "#functions/order/order.ts";
import { type Envelope, KeyDestroyed } from "#functions/privacy/envelope.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import { storefrontVersion, withStorefront } from "#functions/store/storefront.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { CheckoutId, OrderId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { CheckoutStore } from "./checkout.store.ts";
import { asOf, type Checkout } from "./checkout.ts";
import { Contact } from "./contents.ts";
import type { CoreAnswer, OpenCheckout } from "./core-answer.ts";

export type ReadsCheckouts = {
  checkouts: CheckoutStore;
  orders: { get(storeId: StoreId, orderId: OrderId): Promise<Order | undefined> };
  stores: StoreStore;
  envelope: Envelope;
  now: Clock;
};

/** The caller's own checkout. Somebody else's is not there, in the same words. */
export const ownCheckout =
  (on: Pick<ReadsCheckouts, "checkouts" | "now">) =>
  async (caller: Caller, checkoutId: CheckoutId): Promise<Checkout> => {
    const checkout = await on.checkouts.get(caller.storeId, checkoutId);
    if (!checkout || checkout.principalId !== caller.principalId)
      throw new Refusal("not_found", "There is no checkout session with this id.");
    return asOf(checkout, on.now());
  };

export const ownStore =
  (on: Pick<ReadsCheckouts, "stores">) =>
  async (caller: Caller): Promise<Store> => {
    const store = await on.stores.get(caller.storeId);
    if (!store) throw new Refusal("not_found", "There is no such store.");
    return store;
  };

/** Opens the personal fields; of an erased checkout nothing personal is left to show, of a frozen one nothing is shown. */
export const openCheckout =
  (on: Pick<ReadsCheckouts, "envelope">) =>
  async (checkout: Checkout): Promise<OpenCheckout> => {
    try {
      const cipher = await on.envelope.open({ storeId: checkout.storeId, checkoutId: checkout.id });
      if (cipher.isRestricted) return { checkout, contact: {} };
      const contact = Contact.parse(await cipher.unseal("contact", checkout.sealedContact));
      const notes = checkout.sealedNotes && String(await cipher.unseal("notes", checkout.sealedNotes));
      return { checkout, contact, notes };
    } catch (error) {
      if (error instanceof KeyDestroyed) return { checkout, contact: {} };
      throw error;
    }
  };

/**
 * What a caller is answered who changed it: with the order as it was placed and the store as it was shown, so that a
 * repeat gets the same.
 */
export const answerWith =
  (on: ReadsCheckouts) =>
  async (caller: Caller, checkout: Checkout, replayed = false): Promise<CoreAnswer> => {
    const { order, store, ...seen } = await seenNow(on, caller, checkout);
    const shown = await asShown(on, store, checkout);
    return { ...seen, replayed, order: order && asPlaced(order), store: shown };
  };

/** Nothing is read but where the owner changed it meanwhile; what is kept no longer, nobody can ask for again. */
const asShown = async (
  { stores }: ReadsCheckouts,
  store: Store,
  { storefront }: Checkout,
): Promise<Store> => {
  if (storefront === storefrontVersion(store)) return store;
  const former = await stores.formerStorefront(store.id, storefront);
  return former ? withStorefront(store, former) : store;
};

/** The session as it is, with what became of its order since. */
export const getCheckout =
  (on: ReadsCheckouts) =>
  async (command: { caller: Caller; checkoutId: CheckoutId }): Promise<CoreAnswer> =>
    seenNow(on, command.caller, await ownCheckout(on)(command.caller, command.checkoutId));

const seenNow = async (on: ReadsCheckouts, caller: Caller, checkout: Checkout): Promise<CoreAnswer> => {
  const [opened, order, store] = await Promise.all([
    openCheckout(on)(checkout),
    checkout.orderId && on.orders.get(checkout.storeId, checkout.orderId),
    ownStore(on)(caller),
  ]);
  return { replayed: false, opened, order: order || undefined, store };
};
