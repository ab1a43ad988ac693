import { z } from "zod";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import { type Store, StoreSettings } from "./store.ts";

const { policies, support, stripeAccount, stripeProfile, threeDSecure } = StoreSettings.shape;

/** What a buyer's session shows of its store: links, support, and how it is paid. */
export const Storefront = z.object({ policies, support, stripeAccount, stripeProfile, threeDSecure });
export type Storefront = z.infer<typeof Storefront>;

/** Follows from what is shown, so a store that takes a change back has its former one again. */
export const storefrontVersion = (store: Storefront): string =>
  sha256(canonicalJson(Storefront.parse(store))).slice(0, 16);

const nothing = {
  support: undefined,
  stripeAccount: undefined,
  stripeProfile: undefined,
  threeDSecure: undefined,
};

/** The store as its sessions showed it then. */
export const withStorefront = (store: Store, shown: Storefront): Store => ({
  ...store,
  ...nothing,
  ...shown,
});
