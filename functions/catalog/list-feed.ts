import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import { callersStore } from "#functions/store/get-store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Caller } from "#functions/values/caller.ts";
import { ProductId } from "#functions/values/id.ts";
import { FeedProduct, feedProductOf } from "./feed.ts";
import type { ProductStore } from "./product.store.ts";

export const ListFeed = z.strictObject({
  /** `jsonl`: a product a line, as feeds are handed over in files. */
  format: z.enum(["json", "jsonl"]).default("json"),
  /** As the `Link` of the page before says. */
  after: ProductId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});
export type ListFeed = z.infer<typeof ListFeed>;

/** ACP's answer has no place for more, so the next page is a `Link` (RFC 8288). */
export const FeedAnswer = z.object({ products: z.array(FeedProduct) });

/** All that the store sells now, page by page, also what is sold out. */
export const listFeed =
  (on: { stores: StoreStore; products: Pick<ProductStore, "list"> }) =>
  async ({ caller, query }: { caller: Caller; query: ListFeed }): Promise<Answer> => {
    const { format, after, limit } = query;
    const [store, page] = await Promise.all([
      callersStore(on.stores, caller),
      on.products.list(caller.storeId, { matches: ({ active }) => active, after, limit }),
    ]);
    const products = page.offers.map((offer) => feedProductOf(offer, store));
    const link: Record<string, string> = page.next === undefined ? {} : { link: linkTo(query, page.next) };
    return format === "json"
      ? { status: 200, body: { products }, headers: link }
      : { status: 200, text: linesOf(products), headers: { ...link, "content-type": "application/jsonl" } };
  };

const linkTo = ({ format, limit }: ListFeed, after: ProductId): string =>
  `</feed?${new URLSearchParams({ format, limit: String(limit), after })}>; rel="next"`;

const linesOf = (products: readonly FeedProduct[]): string =>
  products.map((product) => `${JSON.stringify(product)}\n`).join("");
