import { describe, expect, test } from "vitest";
import { wire } from "#functions/catalog/catalog.handler.ts";
import { putProduct } from "#functions/catalog/product.store.ts";
import { Product } from "#functions/catalog/product.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { complaints } from "#test/acp/released.ts";
import { aContext, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, aStore, storeId } from "#test/store/a-store.ts";

const agent = aCaller({ role: "agent", scopes: ["products:read"] });

type Given = { id: string; onHand?: number | null } & Partial<Product>;
type Read = { id: string; variants: [{ availability: { status: string } }] };

/** Nothing is on hand where nothing is said. */
const aFeed = async (...products: Given[]) => {
  const on = memoryPlatform();
  await on.table.commit([createdStore(aStore())]);
  for (const { onHand = 0, ...product } of products)
    await on.table.commit([
      putProduct(storeId, Product.parse({ title: "A thing", unitAmount: 100, ...product })),
      setStock(storeId, product.id, { onHand }),
    ]);
  const handler = wire(on);
  const event = {
    httpMethod: "GET",
    path: "/feed",
    resource: "/feed",
    headers: {},
    pathParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: "r", authorizer: { caller: JSON.stringify(agent) } },
  };
  return async (queryStringParameters: Record<string, string> = {}) =>
    (await handler({ ...event, queryStringParameters }, aContext())) as {
      headers: Record<string, string>;
      body: string;
    };
};

const productsIn = (body: string, format: string): Read[] =>
  format === "json"
    ? JSON.parse(body).products
    : body
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));

const nextOf = ({ link = "" }: Record<string, string>): Record<string, string> | undefined => {
  const [, next] = /^<\/feed\?(.*)>; rel="next"$/.exec(link) ?? [];
  return next === undefined ? undefined : Object.fromEntries(new URLSearchParams(next));
};

describe("a store's feed", () => {
  test("is what ACP released, with each thing as it is now", async () => {
    const read = await aFeed(
      {
        id: "book",
        title: "Book",
        description: "To read",
        imageUrl: "https://tea.example/book.jpg",
        unitAmount: 1_999,
        onHand: 2,
      },
      { id: "cup" },
      { id: "song", digital: true, onHand: null },
    );
    const feed: { products: Read[] } = JSON.parse((await read()).body);
    expect(complaints("2026-04-17", "feed#/$defs/ProductsResponse", feed)).toEqual([]);
    expect(feed.products[0]).toEqual({
      id: "book",
      title: "Book",
      description: { plain: "To read" },
      media: [{ type: "image", url: "https://tea.example/book.jpg" }],
      variants: [
        {
          id: "book",
          title: "Book",
          price: { amount: 1_999, currency: "EUR" },
          availability: { available: true, status: "in_stock" },
          seller: { name: aStore().name },
        },
      ],
    });
    const statuses = feed.products.map(({ variants }) => variants[0].availability.status);
    expect(statuses).toEqual(["in_stock", "out_of_stock", "in_stock"]);
  });

  test.each(["json", "jsonl"])("is whole when every page's link is followed, in %s", async (format) => {
    const ids = Array.from({ length: 7 }, (_, at) => `p${at}`);
    const read = await aFeed(...ids.map((id) => ({ id })), { id: "gone", active: false });
    const seen: string[] = [];
    let query: Record<string, string> | undefined = { format, limit: "3" };
    while (query) {
      const { headers, body } = await read(query);
      const page = productsIn(body, format);
      expect(page.flatMap((each) => complaints("2026-04-17", "feed#/$defs/Product", each))).toEqual([]);
      expect(headers["content-type"]).toBe(`application/${format}`);
      seen.push(...page.map(({ id }) => id));
      query = nextOf(headers);
    }
    expect(seen).toEqual(ids);
  });
});
