import type { BridgeUpdate } from "#functions/fulfillment/bridge-connector.ts";
import type { Unanswered } from "#functions/fulfillment/connection.ts";
import { isOver, orderIdIn } from "#functions/fulfillment/woocommerce.ts";
import type { OrderId } from "#functions/values/id.ts";
import { type FakeOrder, fakeWooCommerce } from "../../fakes/woocommerce.ts";
import type { OwnShop } from "./bridges.ts";
import { answered } from "./messages.ts";
import { type Served, serving } from "./serving.ts";

/** A shop that is a WooCommerce site, which knows our orders by their meta data alone. */
export type WooSite = OwnShop & {
  /** All that it has of an order of ours, oldest first, but for what came once that was over. */
  ordersOf(orderId: string): readonly FakeOrder[];
  /** Orders of ours that were made there again by a run that looked, or began, when the first was there. */
  readonly madeAgain: ReadonlySet<string>;
  /** Paid and not sent yet. */
  processing(): readonly FakeOrder[];
  /** Its owner has sent all of it. */
  complete(order: FakeOrder): void;
  /** When anything of its orders was last changed. */
  changedAt(): number;
};

type Given = {
  readonly url: string;
  readonly unanswered: Unanswered;
  readonly credentials: readonly [key: string, secret: string];
  readonly currency: string;
  /** By its number: what it costs, as a decimal. */
  readonly prices: ReadonlyMap<number, string>;
  readonly now: () => number;
  /** Whether it takes an order. */
  readonly takes: () => boolean;
  /** Whether the order is over: what comes by then nobody pays and nobody ships. */
  readonly isLate: (orderId: OrderId) => boolean;
};

export const createWooSite = (given: Given): WooSite => {
  const { url, unanswered, currency, prices, now, takes, isLate } = given;
  const [consumerKey, consumerSecret] = given.credentials;
  const woo = fakeWooCommerce({ now, site: url, consumerKey, consumerSecret, tax: 19 });
  woo.settings.currency = currency.toUpperCase();
  for (const [id, price] of prices) woo.products.push({ id, name: `${id}`, type: "simple", price });
  const ours = new Map<string, readonly FakeOrder[]>();
  const said = new Map<string, boolean>();
  const shown = new Set<string>();
  const madeAgain = new Set<string>();
  const sight = sightOf(now);
  const ordersOf = (orderId: string): readonly FakeOrder[] => ours.get(orderId) ?? [];
  const noteMade = (order: FakeOrder): void => {
    const id = orderIdIn({ meta_data: [...order.meta_data] });
    if (!id) return;
    if (namesSomebody(order)) shown.add(id);
    if (isLate(id)) return;
    said.set(id, true);
    if (ordersOf(id).some(sight.covers)) madeAgain.add(id);
    ours.set(id, [...ordersOf(id), order]);
  };
  woo.way = ({ method, url: asked }, answer) => {
    if (!new URL(asked).pathname.endsWith("/orders")) return answer();
    if (method === "GET") {
      sight.look();
      return answer();
    }
    if (!takes()) return answered(400);
    const said = answer();
    woo.orders.slice(-1).forEach(noteMade);
    return said;
  };
  return {
    url,
    unanswered,
    said,
    shown,
    ordersOf,
    madeAgain,
    get heard() {
      return new Map(
        [...ours].flatMap(([id, all]) => heardOf(all).map((status) => [id, { status }] as const)),
      );
    },
    get forgets() {
      return new Set([...ours].flatMap(([id, [first]]) => (first?.notes.length ? [id] : [])));
    },
    processing: () => woo.orders.filter(({ status }) => status === "processing"),
    complete: (order) => {
      order.status = "completed";
      order.modified = Math.floor(now() / 1_000) * 1_000;
    },
    changedAt: () => Math.max(0, ...woo.orders.map(({ modified }) => modified)),
    receive: woo.dial,
  };
};

/** What the run that speaks could see: all that was there when it looked last, or began. */
const sightOf = (now: () => number) => {
  const lookedAt = new WeakMap<Served, number>();
  const run = () => serving.getStore() as Served;
  return {
    look: () => void lookedAt.set(run(), now()),
    covers: ({ date }: FakeOrder): boolean => date < (lookedAt.get(run()) ?? run().since),
  };
};

const namesSomebody = ({ sent }: FakeOrder): boolean =>
  ((sent["billing"] ?? {}) as { first_name?: string }).first_name !== "";

/** Once the copies of what came there first are let go. */
const heardOf = ([first, ...copies]: readonly FakeOrder[]): BridgeUpdate["status"][] => {
  if (!first || !copies.every(isOver)) return [];
  if (isOver(first)) return ["canceled"];
  return first.status === "pending" ? [] : ["confirmed"];
};
