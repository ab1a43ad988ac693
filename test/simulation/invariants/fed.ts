import { feedProductOf } from "#functions/catalog/feed.ts";
import { productsOf } from "#functions/catalog/product.store.ts";
import { Product } from "#functions/catalog/product.ts";
import { AgentFeed } from "#functions/feed/agent-feed.ts";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { Row } from "#functions/runtime/table.ts";
import { Store } from "#functions/store/store.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { shelf } from "./movements.ts";

/** By what the agent itself has. */
export const fed: Invariant = {
  id: "I-7",
  promise: "an agent's feed holds what the catalog says, a quarter of an hour after it was changed",
  watch: (cloud) => ({ atRest: () => cloud.shops.flatMap((shop) => differences(cloud, shop)) }),
};

const quarter = 15 * 60_000;

/** What changed just now is told in the next walk; a feed that failed is told when it is tried again. */
const differences = (cloud: Cloud, { storeId, feed }: Shop): Problems => {
  const now = cloud.world.scheduler.now();
  const row = feed && cloud.table.look("access", { pk: storeId, sk: `agent-feed#${feed.name}` });
  if (!row || cloud.catalogAt + quarter > now) return [];
  const { feedId = "", failures } = AgentFeed.parse(row);
  const retriedAt = Number(row["dueAt"]);
  if (failures > 0 && retriedAt > now - quarter)
    return when(retriedAt > now + longestWait, `${feed.url} is tried again only at ${retriedAt}`);
  const told = feed.told.get(feedId);
  return catalogOf(cloud, storeId).flatMap((product) => {
    const there = told?.get(product.id);
    return when(
      there === undefined || canonicalJson(there) !== canonicalJson(product),
      `${feed.url} has ${JSON.stringify(there)} for ${JSON.stringify(product)}`,
    );
  });
};

/** Five hours; nobody asks for longer here. */
const longestWait = 5 * 60 * 60_000;

const catalogOf = ({ table }: Cloud, storeId: string) => {
  const store = Store.parse(table.look("access", { pk: storeId, sk: "store" }));
  return table.lookAt("commerce", { pk: productsOf(storeId as Store["id"]) }).map((listed) => {
    const product = Product.parse(listed);
    const active = product.active && store.status === "active";
    const row = table.look("commerce", { pk: shelf(storeId, product.id), sk: "stock" });
    return feedProductOf({ product: { ...product, active }, stock: stockOf(row) }, store);
  });
};

const stockOf = (row: Row | undefined) => ({
  ...{ onHand: 0, reserved: 0, version: 0, revision: 0 },
  available: row?.["unlimited"] ? null : Math.max(0, Number(row?.["available"] ?? 0)),
});
