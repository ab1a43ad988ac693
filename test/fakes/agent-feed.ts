import type { FeedProduct } from "#functions/catalog/feed.ts";
import type { Dial, DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import { complaints } from "#test/acp/released.ts";

/** An agent's Feed API as ACP 2026-04-17 has it, to the schema: feeds that are made, products that are upserted by id. */
export type FakeAgentFeed = {
  readonly dial: Dial;
  readonly feeds: Map<string, Map<string, FeedProduct>>;
  readonly requests: DialRequest[];
  /** Products that it finds fault with. */
  readonly faulty: Set<string>;
  /** What becomes of a request and its answer on their way; nothing by default. */
  way: (request: DialRequest, answer: () => DialResult) => DialResult | Promise<DialResult>;
};

type Given = { readonly url: string; readonly credential: string };

export const fakeAgentFeed = (given: Given): FakeAgentFeed => {
  const agent: FakeAgentFeed = {
    feeds: new Map(),
    requests: [],
    faulty: new Set(),
    way: (_, answer) => answer(),
    dial: async (request) => {
      agent.requests.push(request);
      return agent.way(request, () => answerTo(agent, given, request));
    },
  };
  return agent;
};

const answerTo = (agent: FakeAgentFeed, { url, credential }: Given, request: DialRequest): DialResult => {
  if (request.headers["authorization"] !== `Bearer ${credential}`) return said(401, error("unauthorized"));
  const asked = `${request.method} ${request.url.slice(url.length)}`;
  const body = JSON.parse(request.body ?? "{}");
  const wanted = request.method === "POST" ? "CreateFeedRequest" : "UpsertProductsRequest";
  if (complaints("2026-04-17", `feed#/$defs/${wanted}`, body).length > 0) return said(400, error("invalid"));
  if (asked === "POST /feeds") return make(agent, body);
  const [, id = ""] = /^PATCH \/feeds\/([^/]+)\/products$/.exec(asked) ?? [];
  return agent.feeds.has(id) ? upsert(agent, id, body.products) : said(404, error("feed_not_found"));
};

const make = ({ feeds }: FakeAgentFeed, body: object): DialResult => {
  const id = `feed_${feeds.size + 1}`;
  feeds.set(id, new Map());
  return said(201, { id, ...body, updated_at: "2026-11-23T12:00:00Z" });
};

const upsert = ({ feeds, faulty }: FakeAgentFeed, id: string, products: FeedProduct[]): DialResult => {
  if (products.length === 0 || products.some((product) => faulty.has(product.id)))
    return said(400, error("invalid_product_payload"));
  for (const product of products) feeds.get(id)?.set(product.id, product);
  return said(200, { id, accepted: true });
};

const error = (code: string) => ({ type: "invalid_request", code, message: "It did not work out." });

const said = (status: number, body: object, headers: Record<string, string> = {}): DialResult => ({
  answered: true,
  status,
  headers,
  body: new Uint8Array(Buffer.from(JSON.stringify(body))),
});
