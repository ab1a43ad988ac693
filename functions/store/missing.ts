import { z } from "zod";
import { tellsOfAssistants } from "./privacy-paragraph.ts";
import type { Store } from "./store.ts";

/** What a store still lacks to sell, and what its owner does about it. */
export const Missing = z.object({
  code: z.enum(["domain", "products", "shipping", "stripe_account", "privacy_paragraph"]),
  todo: z.string(),
  /** Without it nothing can be bought. */
  required: z.boolean(),
});
export type Missing = z.infer<typeof Missing>;

/** Whether it has anything for sale, and anything that is shipped. */
export type Catalog = { readonly sells: boolean; readonly ships: boolean };

/** Policies are never missing: no store is without. */
export const missingOf = (store: Store, catalog: Catalog): Missing[] =>
  checks.flatMap(({ isMissing, ...missing }) => (isMissing(store, catalog) ? [missing] : []));

const checks: readonly (Missing & {
  isMissing: (store: Store, catalog: Catalog) => boolean;
})[] = [
  {
    code: "domain",
    required: true,
    isMissing: ({ verifiedDomains }) => verifiedDomains.length === 0,
    todo: "Get a challenge with POST /domains, publish it, then POST /domains/{domain}/verify.",
  },
  {
    code: "products",
    required: true,
    isMissing: (_, { sells }) => !sells,
    todo: "Put at least one active product with PUT /products.",
  },
  {
    code: "shipping",
    required: true,
    isMissing: ({ shippingOptions }, { ships }) => ships && shippingOptions.length === 0,
    todo: "Set shippingOptions with PATCH /store: nothing that is shipped can be bought without.",
  },
  {
    code: "stripe_account",
    required: true,
    // With neither, the operator's own account is charged, and its profile is the operator's to name.
    isMissing: ({ stripeAccount, stripeProfile }) =>
      stripeAccount !== undefined && stripeProfile === undefined,
    todo: "Set stripeProfile of the Stripe account with PATCH /store: agents bind their payment tokens to it.",
  },
  {
    code: "privacy_paragraph",
    required: false,
    isMissing: (store) => !tellsOfAssistants(store),
    todo: "Put the paragraph of GET /store/privacy_paragraph into your privacy policy, then set privacyParagraph to its version with PATCH /store. Until then each session carries a warning.",
  },
];
