import type { ProductStore } from "#functions/catalog/product.store.ts";
import type { OrderStore } from "#functions/order/order.store.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import { type Instant, seconds } from "#functions/values/clock.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import { claimedShop, followedShop } from "./connection.store.ts";
import { Connection, type Followed, followedFrom, type ShopSettings, times } from "./connection.ts";
import { followOrders } from "./follow-orders.ts";
import { followProducts } from "./follow-products.ts";
import { type CallsWoo, type WooApi, wooApi } from "./woocommerce-api.ts";

type Follows = CallsWoo & {
  readonly table: Pick<Table, "get" | "query" | "commit">;
  readonly orders: Pick<OrderStore, "get">;
  readonly products: Pick<ProductStore, "list">;
  readonly stores: { get(storeId: StoreId): Promise<Store | undefined> };
  readonly settingsOf: (connection: Connection) => Promise<ShopSettings | undefined>;
  readonly log: Log;
  readonly count: Count;
};

/** Asks each connected site what became of our orders, and what it sells at which price. */
export const sweepShops = (on: Follows) => (): Promise<number> =>
  sweepDue(on, { table: "access", kind: "shop" }, (row) =>
    followShop(on, Connection.parse(row), Number(row["dueAt"])),
  );

const followShop = async (on: Follows, connection: Connection, dueAt: Instant): Promise<void> => {
  const now = on.now();
  if (!(dueAt <= now)) return;
  const claimedUntil = now + times.lease;
  const lost = await tryCommit(on.table, [claimedShop(connection, dueAt, claimedUntil)]);
  if (lost.length > 0) return;
  const { followed, isRead } = await lookAround(on, connection);
  const next = now + waitAfter({ connection, followed, isRead, now });
  if (isSilent(connection, followed, now)) {
    on.count("StoreSilent");
    on.log.warn("a shop could not be read for a day", { storeId: connection.storeId });
  }
  await tryCommit(on.table, [followedShop(connection, { claimedUntil, followed, next })]);
};

const isSilent = ({ createdAt }: Connection, { readAt = createdAt }: Followed, now: Instant): boolean =>
  readAt + times.silent.after <= now;

type Looked = { readonly followed: Followed; readonly isRead: boolean };

const waitAfter = (looked: Looked & { connection: Connection; now: Instant }): number => {
  const { connection, followed, isRead, now } = looked;
  if (isSilent(connection, followed, now)) return times.silent.again;
  return isRead && followed.after !== undefined ? times.lease : times.follow;
};

const lookAround = async (on: Follows, connection: Connection): Promise<Looked> => {
  const before = followedFrom(connection);
  const api = await wooApi(on, connection);
  const { isRead, ...cursor } = await followOrders(on)({ storeId: connection.storeId, api }, before);
  const walked = isRead ? await walk(on, connection, api, before) : { ...before, isRead: false };
  return {
    followed: {
      ...cursor,
      walkedAt: walked.walkedAt,
      after: walked.after,
      readAt: walked.isRead ? on.now() : before.readAt,
    },
    isRead: walked.isRead,
  };
};

/** All calls of a look have eight seconds; what is left then goes on a minute later. */
const walkSeconds = 5;

type Walked = Pick<Followed, "walkedAt" | "after"> & { readonly isRead: boolean };

const walk = async (
  on: Follows,
  connection: Connection,
  api: WooApi,
  before: Pick<Followed, "walkedAt" | "after">,
): Promise<Walked> => {
  const now = on.now();
  if (before.after === undefined && before.walkedAt + times.walk > now) return { ...before, isRead: true };
  const settings = await on.settingsOf(connection);
  if (!settings) return { ...before, isRead: false };
  const store = await on.stores.get(connection.storeId);
  const walkedAt = before.after === undefined ? now : before.walkedAt;
  // Its prices are no prices here; its owner sees both in `GET /store/connector`.
  if (store?.status !== "active" || store.currency !== settings.currency) return { walkedAt, isRead: true };
  return { walkedAt, ...(await walkOn(on, { store, api }, before.after)) };
};

const walkOn = async (
  on: Follows,
  shop: { readonly store: Store; readonly api: WooApi },
  from: ProductId | undefined,
): Promise<Pick<Walked, "after" | "isRead">> => {
  const until = on.now() + seconds(walkSeconds);
  let after = from;
  do {
    const page = await followProducts(on)(shop, after);
    if (!page) return { after, isRead: false };
    after = page.next;
  } while (after !== undefined && on.now() < until);
  return { after, isRead: true };
};
