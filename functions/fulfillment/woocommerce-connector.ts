import { z } from "zod";
import { type Order, times } from "#functions/order/order.ts";
import { openPersonal } from "#functions/order/personal-view.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { toIso } from "#functions/values/clock.ts";
import { times as shopTimes } from "./connection.ts";
import { type Connector, overtaken, type Submission, type Way } from "./connector.ts";
import {
  decimalOf,
  erasureNote,
  isOurs,
  isOver,
  minorUnitsOf,
  type Personal,
  WooOrder,
  wooIdOf,
  wooOrderFields,
  wooOrderOf,
  wooUpdateOf,
} from "./woocommerce.ts";
import { type CallsWoo, type WooAnswer, type WooApi, wooApi } from "./woocommerce-api.ts";
import { objectionTo, type WooOffer, WooOffers, wooOfferFields } from "./woocommerce-catalog.ts";

type Submits = CallsWoo & { readonly envelope: Pick<Envelope, "open"> };

export const wooConnector = (on: Submits): Connector => ({ submit: submitToWoo(on), tell: tellWoo(on) });

/**
 * WooCommerce has no idempotency keys, so whoever may have been there before looks first. One that is slower than our
 * patience can still make an order after that look: the copy stays unpaid, and nobody ships it.
 */
const submitToWoo =
  (on: Submits): Connector["submit"] =>
  async (order, way) => {
    const personal = await openPersonal(on, order);
    // Frozen: it is only stored until that is over.
    if (personal?.isRestricted) return unknown("customer_restricted");
    if (order.quote.lines.some(({ productId }) => !wooIdOf(productId))) return refused("product_unknown");
    const api = await wooApi(on, way.connection);
    return placed({ api, order, personal, shows: way.shows });
  };

type Sent = Pick<Way, "shows"> & {
  readonly api: WooApi;
  readonly order: Order;
  readonly personal: Personal | undefined;
};

const placed = async (sent: Sent): Promise<Submission> => {
  const { api, order } = sent;
  const known = order.epoch === 1 ? [] : await found(api, order);
  if (!known) return unknown("store_unreachable");
  return known[0] ? settled(api, order, known[0]) : created(sent);
};

const created = async ({ api, order, personal, shows }: Sent): Promise<Submission> => {
  const objection = await objectionOf(api, order);
  if (objection) return objection;
  if (personal && !(await shows())) return overtaken;
  const body = wooOrderOf(order, personal ?? {});
  const made = await api({ method: "POST", path: "wc/v3/orders", parameters: only, body }, WooOrder);
  return made.body ? settled(api, order, made.body) : meaningOf(made);
};

const only = { _fields: wooOrderFields };

const tellWoo =
  (on: Submits): Connector["tell"] =>
  async (order, connection) => {
    const api = await wooApi(on, connection);
    const known = await found(api, order);
    if (!known) return false;
    const [first, ...copies] = known;
    // Whoever has deleted it there has nobody to forget.
    const isGone = order.status === "canceled" || order.erasedAt !== undefined;
    return first ? told(api, order, [first, copies]) : isGone;
  };

/** The copies of what came there first are let go: only that is ever paid. */
const told = async (
  api: WooApi,
  order: Order,
  [first, copies]: readonly [WooOrder, readonly WooOrder[]],
): Promise<boolean> => {
  if (!(await toldToForget(api, first, order))) return false;
  // Its owner let go of what is paid: somebody has to hear, and has by the time of an erasure.
  if (order.status === "confirmed" && isOver(first)) return order.erasedAt !== undefined;
  const updates = [
    [first, wooUpdateOf(order)] as const,
    ...copies.map((copy) => [copy, { status: "cancelled" }] as const),
  ].filter(([there]) => !isOver(there));
  const answers = await Promise.all(updates.map(([{ id }, body]) => update(api, id, body)));
  return answers.every(({ body }) => body !== undefined);
};

const update = (api: WooApi, id: number, body: object): Promise<WooAnswer<WooOrder>> =>
  api({ method: "PUT", path: `wc/v3/orders/${id}`, parameters: only, body }, WooOrder);

/** By a note that only its staff reads, and reads twice where an answer was lost. */
const toldToForget = async (api: WooApi, { id }: WooOrder, { erasedAt }: Order): Promise<boolean> => {
  if (erasedAt === undefined) return true;
  const body = { note: erasureNote(erasedAt), customer_note: false };
  return (await api({ method: "POST", path: `wc/v3/orders/${id}/notes`, body }, z.unknown())).status === 201;
};

const [pageSize, mostPages] = [50, 20];

/** What it has of an order, oldest first; `undefined`: that could not be seen. */
export const found = async (api: WooApi, order: Order): Promise<WooOrder[] | undefined> => {
  for (let page = 1; page <= mostPages; page += 1) {
    const { body, pages } = await api(listing(order, page), z.array(WooOrder));
    if (!body) return undefined;
    const ours = body.filter((each) => isOurs(each, order)).sort((left, right) => left.id - right.id);
    if (ours.length > 0 || page >= pages) return ours;
  }
  return undefined;
};

/** All that it took while ours was sent: none of its filters knows meta data. */
const listing = ({ createdAt }: Order, page: number) => ({
  path: "wc/v3/orders",
  parameters: {
    ...only,
    after: toIso(createdAt - shopTimes.margin),
    before: toIso(createdAt + times.hold + shopTimes.margin),
    dates_are_gmt: "true",
    orderby: "date",
    order: "asc",
    per_page: String(pageSize),
    page: String(page),
  },
});

/** It counts taxes by its own settings; where its total is another than what was charged, a line says so. */
const settled = async (api: WooApi, order: Order, there: WooOrder): Promise<Submission> => {
  if (isOver(there)) return refused("store_canceled");
  const difference = differenceOf(order, there);
  if (difference === 0) return { submission: "accepted" };
  if (difference === undefined) return unknown("store_not_understood");
  const total = decimalOf(difference, order.quote.currency);
  const fee = { name: "Difference to what was charged", total, tax_status: "none" };
  const { body } = await update(api, there.id, { fee_lines: [fee] });
  return body && differenceOf(order, body) === 0
    ? { submission: "accepted" }
    : unknown("store_total_differs");
};

const differenceOf = ({ quote }: Order, { total }: WooOrder): number | undefined => {
  const theirs = minorUnitsOf(total, quote.currency);
  return theirs === undefined ? undefined : quote.totals.total - theirs;
};

/** Asked there, now: our catalog may be as old as its last import. */
const objectionOf = async (api: WooApi, { quote }: Order): Promise<Submission | undefined> => {
  const lists = await Promise.all(asking(quote.lines).map((call) => api(call, WooOffers)));
  const failed = lists.find(({ body }) => !body);
  // Of a product that is gone, no variations are to be had.
  if (failed) return failed.status === 404 ? refused("product_gone") : unknown("store_unreachable");
  const offers = new Map<number, WooOffer>(
    lists.flatMap(({ body = [] }) => body.map((offer) => [offer.id, offer])),
  );
  const objections = quote.lines.map((line) => {
    const { product = 0, variation } = wooIdOf(line.productId) ?? {};
    return objectionTo(line, offers.get(variation ?? product), quote.currency);
  });
  const first = objections.find((each) => each !== undefined);
  return first && refused(first);
};

/** One call for what has no variations, one for each product that has. */
const asking = (lines: Order["quote"]["lines"]) => {
  const lists = new Map<string, Set<number>>();
  for (const { productId } of lines) {
    const { product = 0, variation } = wooIdOf(productId) ?? {};
    const path = variation === undefined ? "wc/v3/products" : `wc/v3/products/${product}/variations`;
    lists.set(path, (lists.get(path) ?? new Set()).add(variation ?? product));
  }
  return [...lists].map(([path, ids]) => ({
    path,
    parameters: { include: [...ids].join(","), per_page: "100", _fields: wooOfferFields },
  }));
};

/** Only a 400 is a no to this order: its key may be mended, and a server comes back. */
const meaningOf = ({ status }: WooAnswer): Submission => {
  if (status === 400) return refused("store_refused");
  if (status === 401 || status === 403) return unknown("store_not_authorized");
  return unknown(status === 0 || status >= 429 ? "store_unreachable" : "store_not_understood");
};

const unknown = (reason: string): Submission => ({ submission: "unknown", reason });
const refused = (reason: string): Submission => ({ submission: "refused", reason });
