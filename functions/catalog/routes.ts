import type { Routes } from "#functions/runtime/route.ts";
import { GetProduct } from "./get-product.ts";
import { ListProducts, ProductsAnswer } from "./list-products.ts";
import { PutAnswer, PutProducts } from "./put-products.ts";
import { ProductAnswer } from "./show-product.ts";

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
  listProducts: {
    method: "GET",
    path: "/products",
    scope: "products:read",
    summary: "The products, searched by words, page by page.",
    query: ListProducts,
    answers: { 200: ProductsAnswer },
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
