import { z } from "zod";
import { Country } from "#functions/values/address.ts";
import { Instant } from "#functions/values/clock.ts";
import { distinct } from "#functions/values/distinct.ts";
import { StoreId } from "#functions/values/id.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";
import { Limits } from "#functions/velocity/velocity.ts";
import { HttpsUrl, Policies } from "./policy.ts";

/** A flat price by country; `freeFrom` makes it free once the discounted items reach that amount. */
export const ShippingOption = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, { error: "must be 1 to 64 of a-z 0-9 _ -" })
    .refine((id) => id !== "digital", { error: '"digital" is the option of downloads' }),
  title: z.string().min(1).max(128),
  description: z.string().max(256).optional(),
  carrier: z.string().max(64).optional(),
  /** Where it delivers; `"*"` is everywhere else. */
  countries: z.union([z.literal("*"), z.array(Country).min(1).max(250)]),
  amount: MinorUnits,
  freeFrom: MinorUnits.optional(),
  /** Days from the order to the door. */
  deliveryDays: z
    .strictObject({ earliest: z.int().min(0).max(365), latest: z.int().min(0).max(365) })
    .refine(({ earliest, latest }) => earliest <= latest, { error: "earliest must not be after latest" })
    .optional(),
});
export type ShippingOption = z.infer<typeof ShippingOption>;

/** `rate` is a decimal fraction as text: "0.19" is 19 %. A region's rate goes before its country's. */
export const TaxRate = z.strictObject({
  country: Country,
  region: z.string().min(1).max(64).optional(),
  rate: z.string().regex(/^0(\.\d{1,6})?$/, { error: 'must be a decimal fraction such as "0.19"' }),
  /** What the buyer reads, such as "VAT". */
  name: z.string().min(1).max(64),
  shippingTaxed: z.boolean(),
});
export type TaxRate = z.infer<typeof TaxRate>;

const placeOf = ({ country, region }: TaxRate): string => `${country} ${region?.toUpperCase() ?? ""}`;

export const TaxRules = z.strictObject({
  /** Whether product and shipping prices include the tax (Europe) or it is added (United States). */
  inclusive: z.boolean(),
  rates: z.array(TaxRate).max(500).check(distinct("country", placeOf)),
});
export type TaxRules = z.infer<typeof TaxRules>;

export const Support = z.strictObject({
  email: z.email().max(254).optional(),
  phone: z.string().max(32).optional(),
  hours: z.string().max(128).optional(),
  helpCenterUrl: HttpsUrl.optional(),
});

/** ACP requires all four before 3-D Secure may be offered. */
export const ThreeDSecure = z.strictObject({
  acquirerBin: z.string().regex(/^\d{6,11}$/),
  acquirerCountry: Country,
  acquirerMerchantId: z.string().min(1).max(35),
  merchantName: z.string().min(1).max(40),
});
export type ThreeDSecure = z.infer<typeof ThreeDSecure>;

/**
 * How long what we know of people is kept, within bounds: `contactDays` from the beginning of the checkout (who bought,
 * where to), `ledgerYears` for orders and their money, which the law wants kept; without names by then.
 */
export const RetentionPeriods = z.strictObject({
  contactDays: z.int().min(90).max(3_650),
  ledgerYears: z.int().min(6).max(15),
});
export type RetentionPeriods = z.infer<typeof RetentionPeriods>;

/** What a store's owner sets. */
export const StoreSettings = z.strictObject({
  name: z.string().min(1).max(128),
  currency: Currency,
  /** ACP `permalink_url`: where the buyer sees the order; must hold `{order_id}`, and the page no personal data. */
  orderUrlTemplate: z
    .url({ protocol: /^https$/ })
    .max(2_048)
    .refine((url) => url.includes("{order_id}"), { error: "must contain {order_id}" })
    .meta({ format: "uri-template" }),
  shippingOptions: z
    .array(ShippingOption)
    .max(50)
    .check(distinct("id", ({ id }) => id)),
  taxes: TaxRules,
  policies: Policies,
  /** Version of the paragraph (`GET /store/privacy_paragraph`) that its privacy policy holds: the store's own word. */
  privacyParagraph: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  support: Support.optional(),
  /** Connect account for direct charges; without it the operator's own account is used. */
  stripeAccount: z
    .string()
    .regex(/^acct_[A-Za-z0-9]{8,64}$/)
    .optional(),
  /** Published as the payment handler's `merchant_id`, which shared payment tokens are bound to. */
  stripeProfile: z
    .string()
    .regex(/^profile_[A-Za-z0-9_]{4,64}$/)
    .optional(),
  threeDSecure: ThreeDSecure.optional(),
  /** Holds for checkouts that begin from then on; absent: 730 days and 10 years. */
  retention: RetentionPeriods.optional(),
  /** How much may happen in a short time, instead of what `velocity/velocity.ts` says. */
  limits: Limits.optional(),
});
export type StoreSettings = z.infer<typeof StoreSettings>;

export const StoreStatus = z.enum(["active", "suspended", "closed"]);

/** Whose shop it is. `livemode` never changes: keys, Stripe secrets and webhooks do not cross that line. */
export const Store = z.object({
  ...StoreSettings.shape,
  id: StoreId,
  livemode: z.boolean(),
  status: StoreStatus,
  /** Domains that are verified now; without one no checkout is created. */
  verifiedDomains: z.array(z.string()),
  /** Since then no payment token is used; see `payment/kill-tokens.ts`. */
  tokensKilledAt: Instant.optional(),
  /** With all others, or this store by itself: then it stays so when all others are accepted again. */
  tokensKilledWith: z.enum(["store", "all"]).optional(),
  version: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Store = z.infer<typeof Store>;

/** Whether sessions may be begun and completed: nobody buys from a store that has no verified domain now. */
export const sells = ({ status, verifiedDomains }: Store): boolean =>
  status === "active" && verifiedDomains.length > 0;

/** The store with other settings or another standing: every write is conditional on the version it read. */
export const changed = (store: Store, changes: Partial<Store>, now: Instant): Store => ({
  ...store,
  ...changes,
  version: store.version + 1,
  updatedAt: now,
});
