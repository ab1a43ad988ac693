import type { Routes } from "#functions/runtime/route.ts";
import { StockChanges, StockReport } from "./change-stock.ts";
import { FeedProduct } from "./feed.ts";
import { GetProduct } from "./get-product.ts";
import { FeedAnswer, ListFeed } from "./list-feed.ts";
import { ListProducts, ProductsAnswer } from "./list-products.ts";
import { PutAnswer, PutProducts } from "./put-products.ts";
import { ProductAnswer } from "./show-product.ts";
import { changesIn } from "./stock-csv.ts";

export const catalogRoutes = {
  putProducts: {
    method: "PUT",
    path: "/products",
    scope: "products:write",
    recorded: { as: "products.put", with: "act" },
    summary: "Creates or replaces up to 100 products; what is not named stays as it is.",
    body: PutProducts,
    answers: { 200: PutAnswer },
  },
  changeStock: {
    method: "POST",
    path: "/stock_changes",
    scope: "products:write",
    recorded: { as: "stock.changed", with: "act" },
    summary:
      "Changes up to 500 products' stock, with a report on each. By what came or went (`delta`) or by what is there (`onHand`); as CSV with the columns `productId` and `delta`, or `onHand` (a number or `unlimited`) and `version`. What buyers hold stays theirs.",
    body: StockChanges,
    fromCsv: changesIn,
    answers: { 200: StockReport },
  },
  listProducts: {
    method: "GET",
    path: "/products",
    scope: "products:read",
    summary: "The products, searched by words, page by page.",
    query: ListProducts,
    answers: { 200: ProductsAnswer },
  },
  listFeed: {
    method: "GET",
    path: "/feed",
    scope: "products:read",
    summary:
      "What the store sells as ACP's product feed, in pages of JSON or of JSON Lines; `Link` names the next.",
    query: ListFeed,
    answers: { 200: FeedAnswer },
    lines: FeedProduct,
  },
  getProduct: {
    method: "GET",
    path: "/products/{id}",
    scope: "products:read",
    summary: "One product with its stock.",
    params: GetProduct,
    answers: { 200: ProductAnswer },
  },
} as const satisfies Routes;
