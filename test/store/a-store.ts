import { paragraphVersion } from "#functions/store/privacy-paragraph.ts";
import type { Store, StoreSettings } from "#functions/store/store.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Scope } from "#functions/values/scope.ts";

export const storeId = "store_0123456789abcdefghjkmnpqrs" as const;
export const principalId = "prn_0123456789abcdefghjkmnpqrs" as const;

export const someSettings = (change: Partial<StoreSettings> = {}): StoreSettings => ({
  name: "Mugs and more",
  currency: "eur",
  orderUrlTemplate: "https://shop.example.com/orders/{order_id}",
  shippingOptions: [
    { id: "standard", title: "Parcel", countries: ["DE", "AT"], amount: 490, freeFrom: 5_000 },
    { id: "world", title: "Air mail", countries: "*", amount: 1_990 },
  ],
  taxes: {
    inclusive: true,
    rates: [{ country: "DE", rate: "0.19", name: "VAT", shippingTaxed: true }],
  },
  policies: {
    termsOfUse: { url: "https://shop.example.com/terms", version: "2026-11-01" },
    privacyPolicy: { url: "https://shop.example.com/privacy", version: "2026-11-01" },
    returnPolicy: { url: "https://shop.example.com/returns", version: "2026-11-01" },
  },
  privacyParagraph: paragraphVersion({}),
  ...change,
});

export const aStore = (change: Partial<Store> = {}): Store => ({
  ...someSettings(),
  id: storeId,
  livemode: false,
  status: "active",
  verifiedDomains: ["shop.example.com"],
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  ...change,
});

const scopes: readonly Scope[] = [
  "products:read",
  "products:write",
  "store:read",
  "store:write",
  "connections:write",
];

export const aCaller = (change: Partial<Caller> = {}): Caller => ({
  storeId,
  principalId,
  keyId: "k1",
  role: "admin",
  scopes: [...scopes],
  livemode: false,
  ...change,
});
