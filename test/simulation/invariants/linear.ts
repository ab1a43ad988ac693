import type { Cloud } from "../cloud/cloud.ts";
import type { Exchange } from "../cloud/gateway.ts";
import type { Shop } from "../cloud/shop.ts";
import { isLinearizable, type Model, type Operation } from "../linearizable.ts";
import { erasedCheckouts } from "./forgotten.ts";
import { isDone, sessionOf } from "./idempotent.ts";
import { type Invariant, when } from "./invariant.ts";
import { movementsFor, shelf } from "./movements.ts";

const never = Number.POSITIVE_INFINITY;

const operation = <Act>(act: Act, { asked, heard }: Exchange, isUnknown: boolean): Operation<Act> => ({
  act,
  invoked: asked,
  returned: isUnknown ? never : (heard ?? never),
  optional: isUnknown,
});

/** What came of a request under a key: a thing, or the refusal because the key stands for another body. */
export type Keyed = { body: string; made?: string; refused?: true };
export type Key = { body: string; made: string | undefined } | null;

export const key: Model<Keyed, Key> = {
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
  watch: (cloud) => ({
    atRest: (rest) => {
      if (rest !== "the end") return [];
      const erased = erasedCheckouts(cloud);
      return [...Map.groupBy(cloud.history.filter(isKeyed), registerOf)]
        .filter(([, asked]) => !asked.some((each) => erased.has(sessionOf(each).id ?? "")))
        .flatMap(([id, asked]) => when(!isLinearizable(asked.map(keyed), key), `key ${id} is no register`));
    },
  }),
};

/** Of whatever is asked under a key: to create, change, complete and cancel, to refund, to roll. */
const registerOf = ({ by, method, path, idempotencyKey }: Exchange): string =>
  `${by} ${method} ${path} ${idempotencyKey}`;

const isKeyed = ({ method, idempotencyKey, response }: Exchange): boolean =>
  method === "POST" && idempotencyKey !== undefined && ![401, 403, 409].includes(response?.status ?? 0);

const keyed = (exchange: Exchange): Operation<Keyed> => {
  const body = JSON.stringify(exchange.body ?? null);
  if (isDone(exchange)) return operation({ body, made: madeIn(exchange) }, exchange, false);
  const isConflict = (sessionOf(exchange) as { code?: string }).code === "idempotency_conflict";
  return isConflict
    ? operation({ body, refused: true }, exchange, false)
    : operation({ body }, exchange, true);
};

const madeIn = (exchange: Exchange): string => {
  const { id, status, order } = sessionOf(exchange) as {
    id?: string;
    status?: string;
    order?: { id: string };
  };
  return [exchange.response?.status, id, status, order?.id].join(" ");
};

/** What lies on a shelf, as the owner sees it, and what owner, buyers and orders do to it. */
export type Shelved =
  | { readonly seen: Seen }
  | { readonly told: number; readonly over: number | undefined }
  | { readonly moved: Pieces };
type Pieces = { readonly available: number; readonly reserved: number };
export type Shelf = Pieces & { readonly version: number };
type Seen = Shelf & { readonly onHand: number };

export const shelved = (initial: Shelf): Model<Shelved, Shelf> => ({
  initial,
  next: (state, act) => {
    if ("seen" in act) return isAsSeen(state, act.seen) ? state : undefined;
    return "moved" in act ? after(state, act.moved) : toldOver(state, act);
  },
});

/** What is laid aside is still on hand; what is sold or comes back is another count. */
const after = ({ available, reserved, version }: Shelf, moved: Pieces): Shelf => ({
  available: available + moved.available,
  reserved: reserved + moved.reserved,
  version: version + (moved.available + moved.reserved === 0 ? 0 : 1),
});

const toldOver = (
  { reserved, version }: Shelf,
  { told, over }: Extract<Shelved, { told: number }>,
): Shelf | undefined =>
  (over ?? version) === version ? { available: told - reserved, reserved, version: version + 1 } : undefined;

/** Nobody is shown less than nothing. */
const isAsSeen = ({ available, reserved, version }: Shelf, seen: Seen): boolean =>
  seen.onHand === Math.max(0, available + reserved) &&
  seen.available === Math.max(0, available) &&
  seen.reserved === Math.max(0, reserved) &&
  seen.version === version;

export const linearStock: Invariant = {
  id: "I-13",
  promise:
    "stock is one register: what is laid aside, sold, returned or counted takes effect at one moment, and is seen from then on",
  watch: (cloud) => {
    const before = cloud.shops.map((shop) => shelfIn(cloud, shop));
    const moves: (Operation<Shelved> & { shelf: string })[] = [];
    return {
      committed: (changes) => {
        const step = cloud.world.scheduler.steps();
        const wanted = movementsFor(changes);
        for (const { storeId } of cloud.shops) {
          const mugs = shelf(storeId, "mug");
          const moved = {
            available: wanted.get(`${mugs} available`) ?? 0,
            reserved: wanted.get(`${mugs} reserved`) ?? 0,
          };
          if (moved.available !== 0 || moved.reserved !== 0)
            moves.push({ shelf: mugs, act: { moved }, invoked: step, returned: step, optional: false });
        }
        return [];
      },
      atRest: (rest) =>
        rest === "the end"
          ? cloud.shops.flatMap((shop, index) => {
              const own = moves.filter((move) => move.shelf === shelf(shop.storeId, "mug"));
              const history = [...own, ...ownersActs(cloud, shop)];
              const isRegister = isLinearizable(history, shelved(before[index] as Shelf));
              return when(!isRegister, `the stock of ${shop.storeId} is no register`);
            })
          : [],
    };
  },
};

const shelfIn = ({ table }: Cloud, { storeId }: Shop): Shelf => {
  const row = table.look("commerce", { pk: shelf(storeId, "mug"), sk: "stock" }) ?? {};
  const { available = 0, reserved = 0, onHandVersion = 0 } = row as Partial<Record<string, number>>;
  return { available, reserved, version: onHandVersion };
};

const ownersActs = ({ history }: Cloud, { owner }: Shop): Operation<Shelved>[] =>
  history.filter(({ by }) => by === owner.text).flatMap(ownersAct);

const ownersAct = (exchange: Exchange): Operation<Shelved>[] => {
  const { method, path, response } = exchange;
  const isGood = response?.status === 200;
  if (method === "GET" && path === "/products/mug")
    return isGood ? [operation({ seen: (response.body as { stock: Seen }).stock }, exchange, false)] : [];
  return method === "PUT" && path === "/products" ? told(exchange, isGood) : [];
};

const told = (exchange: Exchange, isGood: boolean): Operation<Shelved>[] => {
  const [product] = (exchange.body as { products: { stock?: { onHand: number; version?: number } }[] })
    .products;
  if (!product?.stock) return [];
  const { onHand, version } = product.stock;
  // A careful client that repeats a request may be told of its own first try, so a conflict proves nothing.
  return [operation({ told: onHand, over: version }, exchange, !isGood)];
};
