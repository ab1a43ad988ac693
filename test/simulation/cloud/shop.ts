import { createHash } from "node:crypto";
import { statement } from "#functions/access/data-protection.ts";
import { keyFor } from "#functions/access/issue-license-key.ts";
import type { Peppers } from "#functions/access/pepper.ts";
import { createdPrincipal } from "#functions/access/principal.store.ts";
import { principalIdOf } from "#functions/access/principal.ts";
import { putProduct } from "#functions/catalog/product.store.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { savedDomain } from "#functions/domain/domain.store.ts";
import { vouched } from "#functions/domain/domain.ts";
import { createdStoreKey } from "#functions/privacy/store-key.store.ts";
import { firstStoreKey } from "#functions/privacy/store-key.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import { putDiscount } from "#functions/store/discount.store.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { usedAccount } from "#functions/store/stripe-account.store.ts";
import { newId, type PrincipalId, type StoreId } from "#functions/values/id.ts";
import type { Role } from "#functions/values/scope.ts";
import type { AskedCustomer } from "#functions/webhook/endpoint.ts";
import { aStore } from "../../examples.ts";
import type { Random } from "../engine/random.ts";
import { type AgentsFeed, openFeed } from "./agents-feed.ts";
import type { Bridge, OwnShop } from "./bridges.ts";
import { openEndpoints, type ShopEndpoint } from "./endpoints.ts";
import { type Goods, goodsOf, kindOf, openOwnShop, prices, things } from "./own-shop.ts";
import type { Sealing } from "./services.ts";
import type { WooSite } from "./woo-site.ts";

export type Key = { readonly id: string; readonly text: string };

/** A store as the actors know it. */
export type Shop = {
  readonly storeId: StoreId;
  readonly agents: readonly { readonly principalId: PrincipalId; readonly key: Key }[];
  readonly owner: Key;
  /** The one by which the first endpoint asked to be told of buyers. */
  readonly asking?: Key;
  /** The first hears of all that happens at the store; now and then it asked who bought. */
  readonly endpoints: readonly [ShopEndpoint, ...ShopEndpoint[]];
  /** Its own shop, where its orders are sent, and of which kind it is; without one it is native. */
  readonly own?: OwnShop;
  readonly bridge?: Bridge;
  readonly woo?: WooSite;
  /** An agent's own, which hears what it sells. */
  readonly feed?: AgentsFeed;
  /** By which id it sells what. */
  readonly goods: Goods;
  /** Pieces at the start; `null`: without limit. */
  readonly stock: Readonly<Record<string, number | null>>;
};

export const shopOf = (
  { shops }: { readonly shops: readonly Shop[] },
  storeId: string | undefined,
): Shop | undefined => shops.find((shop) => shop.storeId === storeId);

type On = {
  readonly table: MemoryTable;
  readonly random: Random;
  readonly clock: () => number;
  readonly peppers: Peppers;
  readonly seal: Sealing["seal"];
};

export const limitedCode = "LASTONE";
/** By which each sells at the start. */
export const shopDomain = "tea.example";

/** One sells few things dearly on the operator's account, the other many on its own; neither knows of the other. */
export const openShops = async (on: On): Promise<readonly [Shop, Shop]> => [
  await openShop(on, "first", {
    stock: { mug: on.random.between(1, 3), song: null, leaflet: null },
    store: {
      threeDSecure: {
        acquirerBin: "412345",
        acquirerCountry: "DE",
        acquirerMerchantId: "merchant-1",
        merchantName: "Tea & Mugs",
      },
    },
  }),
  await openShop(on, "second", {
    stock: { mug: 100, song: null, leaflet: null },
    store: { stripeAccount: "acct_second000", currency: "usd" },
    isConnected: true,
  }),
];

type Plan = {
  readonly isConnected?: boolean;
  readonly stock: Readonly<Record<keyof Goods, number | null>>;
  readonly store: Parameters<typeof aStore>[0];
};

const openShop = async (on: On, name: string, plan: Plan): Promise<Shop> => {
  const storeId = newId("store", on.random.bytes);
  const before = on.clock() - 3_600_000;
  const store = aStore({
    ...plan.store,
    id: storeId,
    name,
    verifiedDomains: [shopDomain],
    createdAt: before,
    updatedAt: before,
  });
  await on.table.commit([
    createdStore(store),
    savedDomain(undefined, vouched(undefined, { storeId, livemode: false, host: shopDomain }, before)),
    usedAccount(store),
    createdStoreKey(storeId, firstStoreKey(Uint8Array.from(Buffer.from(storeId)), before)),
    putDiscount(storeId, { kind: "fixed", code: limitedCode, amountOff: 100, usageLimit: 1 }),
  ]);
  const kind = plan.isConnected ? kindOf(storeId) : "native";
  const ownerId = principalOf(storeId, "owner");
  const goods = goodsOf(kind);
  const stock = Object.fromEntries(
    things.map((thing) => [goods[thing], kind === "woocommerce" ? null : plan.stock[thing]]),
  );
  for (const thing of things) {
    const id = goods[thing];
    await on.table.commit([
      putProduct(storeId, {
        id,
        title: thing,
        unitAmount: prices[thing],
        digital: thing !== "mug",
        active: true,
      }),
      setStock(storeId, id, { onHand: stock[id] ?? null }),
    ]);
  }
  const principal = (role: Role, label: string) => registered(on, storeId, role, label);
  const agent = await principal("agent", "agent one");
  const asking = isAsked(storeId) ? await principal("admin", "office") : undefined;
  return {
    ...(await openOwnShop(on, kind, { storeId, ownerId, currency: store.currency })),
    ...(isInFeed(storeId) && {
      feed: await openFeed(on, { storeId, ownerId, createdAt: before }),
    }),
    storeId,
    goods,
    stock,
    agents: [agent, await principal("agent", "agent two")],
    owner: (await principal("admin", "owner")).key,
    ...(asking && { asking: asking.key }),
    endpoints: await openEndpoints(on, storeId, {
      agentId: agent.principalId,
      ...(asking && { customer: await askedCustomer(on, storeId, asking.key) }),
    }),
  };
};

const isInFeed = (storeId: StoreId): boolean => storeId.charCodeAt(storeId.length - 3) % 4 === 0;

/** In one store of seven the first endpoint asks who bought, in every fourth of these by a key that may not know. */
const isAsked = (storeId: StoreId): boolean => storeId.charCodeAt(storeId.length - 5) % 8 === 0;
const mayKnow = (storeId: StoreId): boolean => storeId.charCodeAt(storeId.length - 6) % 4 !== 0;

/** Decided when the endpoint was made; who keeps what it is told has promised what that takes. */
const askedCustomer = async ({ table, clock }: On, storeId: StoreId, asking: Key): Promise<AskedCustomer> => {
  const [id, createdAt] = [principalOf(storeId, "keeper"), clock() - 3_600_000];
  const accepted = { version: statement.version, at: createdAt, keyId: asking.id };
  await table.commit([createdPrincipal({ id, storeId, role: "fulfillment", createdAt, accepted })]);
  return { keptBy: id, askedBy: asking.id, isShown: mayKnow(storeId) };
};

const principalOf = (storeId: StoreId, name: string): PrincipalId =>
  principalIdOf(createHash("sha256").update(`${storeId}#${name}`).digest());

const registered = async (on: On, storeId: StoreId, role: Role, name: string) => {
  const principalId = principalOf(storeId, name);
  const createdAt = on.clock() - 3_600_000;
  const { issued, writes } = keyFor(
    { now: () => createdAt, random: on.random.bytes },
    { storeId, role },
    { principalId, livemode: false, peppers: on.peppers },
  );
  await on.table.commit([...writes, createdPrincipal({ id: principalId, storeId, role, createdAt })]);
  return { principalId, key: { id: issued.keyId, text: issued.key } };
};
