import { newBridgeSecret } from "#functions/fulfillment/bridge.ts";
import { savedConnection } from "#functions/fulfillment/connection.store.ts";
import type { Connection } from "#functions/fulfillment/connection.ts";
import { sealSecret } from "#functions/fulfillment/connection-secret.ts";
import { orderKey } from "#functions/order/order.store.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import type { Random } from "../engine/random.ts";
import { type Bridge, createBridge, type OwnShop } from "./bridges.ts";
import type { Sealing } from "./services.ts";
import { createWooSite, type WooSite } from "./woo-site.ts";

export type Kind = Connection["kind"] | "native";

/** By the store's own id, so that no other chance is moved by it: 0 to 9. */
const luckOf = (storeId: StoreId): number => storeId.charCodeAt(storeId.length - 1) % 10;

export const kindOf = (storeId: StoreId): Kind => {
  const luck = luckOf(storeId);
  if (luck > 3) return "bridge";
  return luck > 0 ? "woocommerce" : "native";
};

/** By which id a store sells what. */
export type Goods = { readonly mug: string; readonly song: string; readonly leaflet: string };
export const things = ["mug", "song", "leaflet"] as const;
export const prices = { mug: 1_900, song: 120, leaflet: 0 } as const;

/** A WooCommerce site's products have numbers. */
export const goodsOf = (kind: Kind): Goods =>
  kind === "woocommerce" ? numbered : { mug: "mug", song: "song", leaflet: "leaflet" };
const numbered: Goods = { mug: "11", song: "12", leaflet: "13" };

type On = {
  readonly table: MemoryTable;
  readonly random: Random;
  readonly clock: () => number;
  readonly seal: Sealing["seal"];
};
type Given = { readonly storeId: StoreId; readonly ownerId: PrincipalId; readonly currency: string };
type Opened = { readonly own?: OwnShop; readonly bridge?: Bridge; readonly woo?: WooSite };

/** A shop of its own that now and then has sold elsewhere what was ordered here. */
export const openOwnShop = async (on: On, kind: Kind, given: Given): Promise<Opened> => {
  if (kind === "native") return {};
  if (kind === "bridge") {
    const bridge = await openBridge(on, given);
    return { own: bridge, bridge };
  }
  const woo = await openSite(on, given);
  return { own: woo, woo };
};

const openBridge = async (on: On, given: Given): Promise<Bridge> => {
  const secret = newBridgeSecret(() => Uint8Array.from(Buffer.from(given.storeId.slice(-32).padEnd(32))));
  const { url, unanswered } = await connected(on, "bridge", given, secret);
  return createBridge({ url, unanswered, secret, now: on.clock, takes: () => on.random.chance(0.95) });
};

/** It knows our goods by its numbers; how many there are of each it does not count. */
const openSite = async (on: On, given: Given): Promise<WooSite> => {
  const { storeId, currency } = given;
  const credentials = [`ck_${"1".repeat(40)}`, `cs_${"2".repeat(40)}`] as const;
  const { url, unanswered } = await connected(on, "woocommerce", given, credentials.join(":"));
  return createWooSite({
    ...{ url, unanswered, credentials, currency },
    prices: new Map(things.map((thing) => [Number(numbered[thing]), (prices[thing] / 100).toFixed(2)])),
    now: on.clock,
    takes: () => on.random.chance(0.95),
    isLate: (orderId) => {
      const order = on.table.look("commerce", orderKey(storeId, orderId));
      return ["confirmed", "canceled"].includes(String(order?.["status"]));
    },
  });
};

const connected = async (
  on: On,
  kind: Connection["kind"],
  { storeId, ownerId }: Given,
  secret: string,
): Promise<Connection> => {
  const createdAt = on.clock() - 3_600_000;
  const connection: Connection = {
    ...{ storeId, ownerId, kind, createdAt, rolls: 0 },
    url: `https://shop.example/${storeId}`,
    unanswered: luckOf(storeId) % 2 === 0 ? "cancel" : "hold",
    secrets: [await sealSecret(on, { storeId, text: secret, createdAt })],
  };
  await on.table.commit([savedConnection(undefined, connection)]);
  return connection;
};
