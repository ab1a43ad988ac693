import type { Order } from "#functions/order/order.ts";
import { restockedPieces } from "#functions/order/refund.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Exchange } from "../cloud/gateway.ts";
import type { Shop } from "../cloud/shop.ts";
import { isLinearizable, type Model, type Operation } from "../linearizable.ts";
import { type Invariant, when } from "./invariant.ts";
import { allOrders } from "./rows.ts";

const never = Number.POSITIVE_INFINITY;

const operation = <Act>(act: Act, { asked, heard }: Exchange, isUnknown: boolean): Operation<Act> => ({
  act,
  invoked: asked,
  returned: isUnknown ? never : (heard ?? never),
  optional: isUnknown,
});

/** What came of a request under a key: a thing, or the refusal because the key stands for another body. */
type Keyed = { body: string; made?: string; refused?: true };
type Key = { body: string; made: string | undefined } | null;

const key: Model<Keyed, Key> = {
  initial: null,
  next: (state, asked) => (asked.refused ? refusedBy(state, asked) : takenBy(state, asked)),
};

const refusedBy = (state: Key, { body }: Keyed): Key | undefined =>
  state && state.body !== body ? state : undefined;

const takenBy = (state: Key, { body, made }: Keyed): Key | undefined => {
  if (state === null) return { body, made };
  const isSame = state.body === body && (state.made ?? made) === (made ?? state.made);
  return isSame ? { body, made: state.made ?? made } : undefined;
};

export const linearKeys: Invariant = {
  id: "I-9",
  promise: "each idempotency key is one register: its first request decides, every other agrees with it",
  watch: ({ history }) => ({
    atRest: (rest) =>
      rest === "the end"
        ? [
            ...Map.groupBy(history.filter(isCreate), ({ by, idempotencyKey }) => `${by} ${idempotencyKey}`),
          ].flatMap(([id, asked]) => when(!isLinearizable(asked.map(keyed), key), `key ${id} is no register`))
        : [],
  }),
};

const isCreate = ({ path, method, response }: Exchange): boolean =>
  path === "/checkout_sessions" && method === "POST" && ![401, 403, 409].includes(response?.status ?? 0);

const keyed = (exchange: Exchange): Operation<Keyed> => {
  const { body, response } = exchange;
  const text = JSON.stringify(body);
  if (response?.status === 201)
    return operation({ body: text, made: (response.body as { id: string }).id }, exchange, false);
  if (response?.status === 422) return operation({ body: text, refused: true }, exchange, false);
  return operation({ body: text }, exchange, true);
};

/** What is on hand, as the owner sees it, and what the owner and the orders do to it. */
type Shelved =
  | { readonly seen: Shelf }
  | { readonly told: number; readonly over: number | undefined }
  | { readonly moved: number };
type Shelf = { readonly onHand: number; readonly version: number };

const shelf = (initial: Shelf): Model<Shelved, Shelf> => ({
  initial,
  next: (state, act) => {
    if ("seen" in act) return isAsSeen(state, act.seen) ? state : undefined;
    return "moved" in act ? counted(state, state.onHand + act.moved) : toldOver(state, act);
  },
});

const counted = ({ version }: Shelf, onHand: number): Shelf => ({
  onHand: Math.max(0, onHand),
  version: version + 1,
});

const toldOver = (
  state: Shelf,
  { told: onHand, over }: Extract<Shelved, { told: number }>,
): Shelf | undefined => ((over ?? state.version) === state.version ? counted(state, onHand) : undefined);

const isAsSeen = (state: Shelf, seen: Shelf): boolean =>
  seen.onHand === state.onHand && seen.version === state.version;

export const linearStock: Invariant = {
  id: "I-13",
  promise:
    "stock is one register: each sale, return and count takes effect at one moment between request and answer",
  watch: (cloud) => {
    const before = cloud.shops.map((shop) => shelfIn(cloud, shop));
    return {
      atRest: (rest) =>
        rest === "the end"
          ? cloud.shops.flatMap((shop, index) =>
              when(
                !isLinearizable(shelfHistory(cloud, shop), shelf(before[index] as Shelf)),
                `the stock of ${shop.storeId} is no register`,
              ),
            )
          : [],
    };
  },
};

const shelfIn = ({ table }: Cloud, { storeId }: Shop): Shelf => {
  const row = table.look("commerce", { pk: `${storeId}#stock#mug`, sk: "stock" }) ?? {};
  const { available = 0, reserved = 0, onHandVersion = 0 } = row as Partial<Record<string, number>>;
  return { onHand: available + reserved, version: onHandVersion };
};

const shelfHistory = (cloud: Cloud, shop: Shop): Operation<Shelved>[] => [
  ...cloud.history.filter(({ by }) => by === shop.owner.text).flatMap(ownersAct),
  ...allOrders(cloud)
    .filter(({ storeId, quote }) => storeId === shop.storeId && quote.lines.some(isMug))
    .flatMap(ordersActs),
];

const ownersAct = (exchange: Exchange): Operation<Shelved>[] => {
  const { method, path, response } = exchange;
  const isGood = response?.status === 200;
  if (method === "GET" && path === "/products/mug")
    return isGood ? [operation({ seen: (response.body as { stock: Shelf }).stock }, exchange, false)] : [];
  return method === "PUT" ? told(exchange, isGood) : [];
};

const told = (exchange: Exchange, isGood: boolean): Operation<Shelved>[] => {
  const [product] = (exchange.body as { products: { stock?: { onHand: number; version?: number } }[] })
    .products;
  if (!product?.stock) return [];
  const { onHand, version } = product.stock;
  // A careful client that repeats a request may be told of its own first try, so a conflict proves nothing.
  return [operation({ told: onHand, over: version }, exchange, !isGood)];
};

const isMug = ({ productId }: { productId: string }): boolean => productId === "mug";

/** An order's pieces leave once it is confirmed, and come back at some later time; nobody outside sees when. */
const ordersActs = ({ quote, refunds, status, confirmedAt }: Order): Operation<Shelved>[] => {
  if (confirmedAt === undefined) return [];
  const sold = quote.lines.filter(isMug).reduce((sum, { quantity }) => sum + quantity, 0);
  const back = status === "canceled" ? sold : restockedPieces(refunds, "mug");
  const pieces = Array.from({ length: Math.min(back, sold) }, () => ({ moved: 1 }));
  const whole = back > 1 ? [{ moved: back }] : [];
  return [{ moved: -sold }, ...pieces, ...whole].map((act) => ({
    act,
    invoked: 0,
    returned: never,
    optional: true,
  }));
};
