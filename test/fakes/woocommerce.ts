import type { Dial, DialRequest, DialResult } from "#functions/runtime/outbound.ts";

/**
 * As much of a WooCommerce site's REST API v3 as its documentation promises and we use: Basic authentication, orders
 * whose totals and taxes it counts itself, filters that know no meta data, pages, products and variations, settings.
 * https://woocommerce.github.io/woocommerce-rest-api-docs/
 */
export type FakeWooCommerce = {
  readonly dial: Dial;
  readonly orders: FakeOrder[];
  readonly products: FakeProduct[];
  readonly requests: DialRequest[];
  /** What its owner does in the shop's own back office. */
  readonly set: (status: string) => void;
  readonly settings: { currency: string; pricesIncludeTax: boolean; timezone: string; offset: number };
  /** What becomes of a request and its answer on their way; nothing by default. */
  way: (request: DialRequest, answer: () => DialResult) => DialResult | Promise<DialResult>;
};

export type FakeOrder = {
  readonly id: number;
  status: string;
  total: string;
  transaction_id: string;
  readonly date: number;
  /** Whole seconds, by the site's clock. */
  modified: number;
  readonly meta_data: readonly { readonly key: string; readonly value: unknown }[];
  /** As it was sent, with what was added since. */
  readonly sent: Record<string, unknown> & { fee_lines?: Item[] };
  paid: boolean;
  /** What only its staff reads. */
  readonly notes: string[];
};

export type FakeProduct = {
  readonly id: number;
  /** Of a variation. */
  readonly parent?: number;
  readonly [field: string]: unknown;
};

type Item = { readonly total: string; readonly tax_status?: string };
type Given = {
  readonly now: () => number;
  readonly site: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** In percent, on all that is taxed. */
  readonly tax?: number;
};
type Asked = {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
};
type Said = { readonly status: number; readonly body: unknown; readonly pages?: number };

export const fakeWooCommerce = (given: Given): FakeWooCommerce => {
  const woo: FakeWooCommerce = {
    orders: [],
    products: [],
    requests: [],
    set: (status) => {
      for (const order of woo.orders) Object.assign(order, { status, modified: wholeSecond(given) });
    },
    settings: { currency: "EUR", pricesIncludeTax: true, timezone: "Europe/Berlin", offset: 1 },
    way: (_, answer) => answer(),
    dial: async (request) => {
      woo.requests.push(request);
      return woo.way(request, () => rendered(answerTo(woo, given, request), request));
    },
  };
  return woo;
};

const answerTo = (woo: FakeWooCommerce, given: Given, { url, method, headers, body }: DialRequest): Said => {
  const { href, searchParams: query } = new URL(url);
  const root = `${given.site}/wp-json/`;
  if (!href.startsWith(root)) return noRoute;
  const path = href.slice(root.length).split("?")[0] ?? "";
  if (path !== "" && headers["authorization"] !== basicOf(given))
    return problem(401, "woocommerce_rest_cannot_view");
  const asked = { path: path.replace("wc/v3/", ""), query, body: body ? JSON.parse(body) : {} };
  if (method === "GET") return read(woo, asked);
  if (asked.path.endsWith("/notes")) return noteOrder(woo, asked);
  return asked.path === "orders" ? createOrder(woo, given, asked) : updateOrder(woo, given, asked);
};

const noteOrder = ({ orders }: FakeWooCommerce, { path, body }: Asked): Said => {
  const order = orders.find(({ id }) => path === `orders/${id}/notes`);
  if (!order) return problem(404, "woocommerce_rest_order_invalid_id");
  if (body["customer_note"] === false) order.notes.push(String(body["note"]));
  return { status: 201, body: { id: order.notes.length, note: body["note"] } };
};

const basicOf = ({ consumerKey, consumerSecret }: Given): string =>
  `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString("base64")}`;

const read = (woo: FakeWooCommerce, { path, query }: Asked): Said => {
  const { currency, pricesIncludeTax, timezone, offset } = woo.settings;
  const includes = pricesIncludeTax ? "yes" : "no";
  const plain: Readonly<Record<string, object>> = {
    // The index is open to everybody.
    "": { name: "Tea & Mugs", timezone_string: timezone, gmt_offset: offset },
    "settings/general/woocommerce_currency": { id: "woocommerce_currency", value: currency },
    "settings/tax/woocommerce_prices_include_tax": { id: "woocommerce_prices_include_tax", value: includes },
    "taxes/classes": ["standard", "reduced-rate", "zero-rate"].map((slug) => ({ slug, name: slug })),
  };
  const known = plain[path];
  if (known) return ok(known);
  if (Number(query.get("per_page") ?? 10) > 100) return problem(400, "rest_invalid_param");
  return path === "orders" ? listOrders(woo, query) : listProducts(woo, path, query);
};

const listProducts = (woo: FakeWooCommerce, path: string, query: URLSearchParams): Said => {
  if (path === "products")
    return listOffers(
      woo.products.filter((each) => each.parent === undefined),
      query,
    );
  const [, parent] = /^products\/(\d+)\/variations$/.exec(path) ?? [];
  return parent ? listVariations(woo, Number(parent), query) : noRoute;
};

const listOrders = ({ orders }: FakeWooCommerce, query: URLSearchParams): Said => {
  if (query.get("orderby") === "modified") return listChanges(orders, query);
  const at = (name: string, otherwise: number) =>
    query.has(name) ? Date.parse(query.get(name) ?? "") : otherwise;
  const [after, before] = [at("after", 0), at("before", Number.POSITIVE_INFINITY)];
  const within = orders.filter(({ date, status }) => date > after && date < before && status !== "trash");
  return paged(query.get("order") === "asc" ? within : within.toReversed(), query);
};

const listChanges = (orders: readonly FakeOrder[], query: URLSearchParams): Said => {
  const after = Math.floor(Date.parse(query.get("modified_after") ?? "") / 1_000) * 1_000;
  const changed = orders.filter(({ modified, status }) => modified > after && status !== "trash");
  const sorted = changed.toSorted((left, right) => left.modified - right.modified || left.id - right.id);
  return paged(
    sorted.map((order) => ({
      ...order,
      date_modified_gmt: new Date(order.modified).toISOString().slice(0, 19),
    })),
    query,
  );
};

const listOffers = (offers: readonly FakeProduct[], query: URLSearchParams): Said => {
  const ids = query.get("include")?.split(",").map(Number);
  return paged(ids ? offers.filter(({ id }) => ids.includes(id)) : offers, query);
};

const listVariations = ({ products }: FakeWooCommerce, parent: number, query: URLSearchParams): Said =>
  products.some(({ id }) => id === parent)
    ? listOffers(
        products.filter((each) => each.parent === parent),
        query,
      )
    : problem(404, "woocommerce_rest_product_invalid_id");

const paged = (rows: readonly object[], query: URLSearchParams): Said => {
  const [size, page] = [Number(query.get("per_page") ?? 10), Number(query.get("page") ?? 1)];
  return { ...ok(rows.slice((page - 1) * size, page * size)), pages: Math.ceil(rows.length / size) };
};

const createOrder = (woo: FakeWooCommerce, given: Given, { body }: Asked): Said => {
  const lines = (body["line_items"] ?? []) as { product_id: number; variation_id?: number }[];
  if (!lines.every((line) => woo.products.some(({ id }) => id === (line.variation_id ?? line.product_id))))
    return problem(400, "woocommerce_rest_invalid_product_id");
  const order: FakeOrder = {
    id: 1_000 + woo.orders.length,
    status: String(body["status"] ?? "pending"),
    total: totalOf(body, given),
    transaction_id: String(body["transaction_id"] ?? ""),
    date: given.now(),
    modified: wholeSecond(given),
    meta_data: (body["meta_data"] ?? []) as FakeOrder["meta_data"],
    sent: { ...body },
    paid: false,
    notes: [],
  };
  woo.orders.push(order);
  if (body["set_paid"] === true) pay(order, body);
  return { status: 201, body: order };
};

/** Totals are counted anew where lines have changed. */
const updateOrder = ({ orders }: FakeWooCommerce, given: Given, { path, body }: Asked): Said => {
  const order = orders.find(({ id }) => path === `orders/${id}`);
  if (!order) return problem(404, "woocommerce_rest_shop_order_invalid_id");
  if (body["fee_lines"]) {
    order.sent.fee_lines = [...(order.sent.fee_lines ?? []), ...(body["fee_lines"] as Item[])];
    order.total = totalOf(order.sent, given);
  }
  order.modified = wholeSecond(given);
  if (body["status"]) order.status = String(body["status"]);
  // It takes money for what needs it, and for nothing else.
  if (body["set_paid"] === true && ["pending", "failed"].includes(order.status) && Number(order.total) > 0)
    pay(order, body);
  return ok(order);
};

const wholeSecond = ({ now }: Given): number => Math.floor(now() / 1_000) * 1_000;

const pay = (order: FakeOrder, body: Asked["body"]): void => {
  order.status = "processing";
  order.paid = true;
  order.transaction_id = String(body["transaction_id"] ?? order.transaction_id);
};

const totalOf = (sent: Asked["body"], { tax = 0 }: Given): string => {
  const items = (name: string) => (sent[name] ?? []) as Item[];
  const cents = ({ total, tax_status }: Item) => {
    const net = Math.round(Number(total) * 100);
    return net + (tax_status === "none" ? 0 : Math.round((net * tax) / 100));
  };
  const all = [...items("line_items"), ...items("shipping_lines"), ...items("fee_lines")];
  return (all.reduce((sum, item) => sum + cents(item), 0) / 100).toFixed(2);
};

const ok = (body: unknown): Said => ({ status: 200, body });
const problem = (status: number, code: string): Said => ({
  status,
  body: { code, message: "It did not work out.", data: { status } },
});
const noRoute = problem(404, "rest_no_route");

/** `_fields` names what is wanted of each. */
const rendered = ({ status, body, pages = 1 }: Said, { url }: DialRequest): DialResult => {
  const fields = new URL(url).searchParams.get("_fields")?.split(",");
  const picked = (row: object) =>
    fields && status < 300
      ? Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name)))
      : row;
  const text = JSON.stringify(Array.isArray(body) ? body.map(picked) : picked(body as object));
  return {
    answered: true,
    status,
    headers: { "content-type": "application/json", "x-wp-totalpages": String(pages) },
    body: new Uint8Array(Buffer.from(text)),
  };
};
