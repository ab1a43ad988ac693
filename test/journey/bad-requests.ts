import { canaryBuyer } from "./canary.ts";

/** A body, its headers, and the refusal. */
export const unreadable = [
  ["broken JSON", '{"line_items": [', {}, { status: 400, code: "invalid_request" }],
  ["a key twice", '{"currency":"eur","currency":"usd"}', {}, { status: 400, code: "invalid_request" }],
  ["an array", "[]", {}, { status: 400 }],
  ["null", "null", {}, { status: 400 }],
  ["nothing", "", {}, { status: 400 }],
  ["depth", `${"[".repeat(5_000)}${"]".repeat(5_000)}`, {}, { status: 400, code: "invalid_request" }],
  [
    "over 64 kB",
    JSON.stringify({ order_notes: "x".repeat(66_000) }),
    {},
    { status: 413, code: "body_too_large" },
  ],
  ["a form", "a=b", { "content-type": "application/x-www-form-urlencoded" }, { status: 415 }],
  ["another character set", "{}", { "content-type": "application/json; charset=latin1" }, { status: 415 }],
] as const;

const line = { id: "mug-blue", quantity: 1 };
const lines = (entry: object) => ({ line_items: [line, entry] });
const address = (change: object) => ({
  fulfillment_details: { name: "Ada", address: { ...canaryBuyer.fulfillment_details.address, ...change } },
});

/** What is wrong in an otherwise good session, and where the refusal says that it is. */
export const unmeant = [
  ["no items", { line_items: [] }, "$.line_items"],
  ["items that are none", { line_items: "mug-blue" }, "$.line_items"],
  ["quantity 0", lines({ id: "mug-blue", quantity: 0 }), "$.line_items[1].quantity"],
  ["quantity -1", lines({ id: "mug-blue", quantity: -1 }), "$.line_items[1].quantity"],
  ["quantity 1.5", lines({ id: "mug-blue", quantity: 1.5 }), "$.line_items[1].quantity"],
  ["quantity as text", lines({ id: "mug-blue", quantity: "1" }), "$.line_items[1].quantity"],
  ["an absurd quantity", lines({ id: "mug-blue", quantity: 1e9 }), "$.line_items[1].quantity"],
  ["absurd in sum", lines({ id: "mug-blue", quantity: 9_999 }), "$.line_items[0].quantity"],
  ["an unknown product", lines({ id: "no-such-mug" }), "$.line_items[1].id"],
  ["a product id that is none", lines({ id: "../../etc/passwd" }), "$.line_items[1].id"],
  ["an order's id", lines({ id: `ord_${"0".repeat(26)}` }), "$.line_items[1].id"],
  ["a currency that is not the store's", { currency: "usd" }, "$.currency"],
  ["a currency that is none", { currency: "euros" }, "$.currency"],
  ["an unknown country", address({ country: "XX" }), "$.fulfillment_details.address.country"],
  ["a country of digits", address({ country: 49 }), "$.fulfillment_details.address.country"],
  ["an address without a street", address({ line_one: "" }), "$.fulfillment_details.address.line_one"],
  ["an e-mail address that is none", { buyer: { email: "ada" } }, "$.buyer.email"],
  ["a buyer that is a list", { buyer: [] }, "$.buyer"],
  ["notes without an end", { order_notes: "x".repeat(6_000) }, "$.order_notes"],
] as const;

export const badHeaders = [
  ["no idempotency key", { "idempotency-key": "" }, { code: "idempotency_key_required" }],
  ["an oversized one", { "idempotency-key": "k".repeat(256) }, { code: "invalid" }],
  ["one that is no text", { "idempotency-key": "k\u00e9\u00ff" }, { code: "invalid" }],
  ["no version", { "api-version": "" }, { code: "missing_api_version" }],
  ["an unknown version", { "api-version": "2020-01-01" }, { code: "unsupported_api_version" }],
  ["a version that is none", { "api-version": "latest; 2026-04-17" }, { code: "unsupported_api_version" }],
] as const;

const product = { id: "piece", title: "Piece", unitAmount: 100 };

const aHundredAndOne = Array.from({ length: 101 }, (_, id) => ({ ...product, id: `p${id}` }));
const endpoint = { url: "https://tea.example/x" };

/** Requests of the store API, and where the refusal says that they are wrong. */
export const unmeantByStores = [
  ["PUT", "/products", "$.products", {}],
  ["PUT", "/products", "$.products[0].color", { products: [{ ...product, color: "red" }] }],
  ["PUT", "/products", "$.products[0].unitAmount", { products: [{ ...product, unitAmount: 1.5 }] }],
  ["PUT", "/products", "$.products[0].unitAmount", { products: [{ ...product, unitAmount: "1" }] }],
  ["PUT", "/products", "$.products[0].stock.onHand", { products: [{ ...product, stock: { onHand: -1 } }] }],
  ["PUT", "/products", "$.products[1].id", { products: [product, product] }],
  ["PUT", "/products", "$.products", { products: aHundredAndOne }],
  ["PATCH", "/store", "$.owner", { owner: "me" }],
  ["PATCH", "/store", "$.livemode", { livemode: true }],
  ["PATCH", "/store", "$.orderUrlTemplate", { orderUrlTemplate: "http://tea.example/{order_id}" }],
  [
    "PUT",
    "/discounts",
    "$.discounts[0].percentOff",
    { discounts: [{ code: "X", kind: "percent", percentOff: 101 }] },
  ],
  ["POST", "/webhook_endpoints", "$.url", { url: "ftp://tea.example/x" }],
  ["POST", "/webhook_endpoints", "$.events[0]", { ...endpoint, events: ["order.lost"] }],
  ["POST", "/webhook_endpoints", "$.secret", { ...endpoint, secret: "mine" }],
  ["POST", "/stock_changes", "$.changes[0]", { changes: [7] }],
  ["POST", "/stock_changes", "$.changes[0].delta", { changes: [{ productId: "mug-blue", delta: 0 }] }],
  ["POST", "/stock_changes", "$.changes[0].onHand", { changes: [{ productId: "mug-blue", onHand: -1 }] }],
  ["PUT", "/store/connector", "$.kind", { kind: "magento", url: endpoint.url }],
  ["PUT", "/store/connector", "$.url", { kind: "bridge", url: "https://169.254.169.254/" }],
  ["POST", "/store/connector/roll_secret", "$.overlapSeconds", { overlapSeconds: 86_401 }],
  ["PUT", "/store/connector/products", "$.since", { since: "today" }],
  [
    "PUT",
    "/agent_feeds",
    "$.url",
    { name: "tea", url: "https://169.254.169.254/", credential: "a-credential" },
  ],
  ["GET", "/events?after=evt_1", "$.after", undefined],
  ["GET", "/events?since=yesterday", "$.since", undefined],
  ["GET", "/feed?format=csv", "$.format", undefined],
  ["GET", "/orders?updatedSince=now", "$.updatedSince", undefined],
  ["GET", "/orders?limit=many", "$.limit", undefined],
  ["GET", "/orders?page=2", "$.page", undefined],
  ["GET", "/products?limit=-1", "$.limit", undefined],
] as const;
