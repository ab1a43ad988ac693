import { recordRequest } from "#functions/audit/record-request.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { currencyStore } from "#functions/store/currency.store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { changeStock } from "./change-stock.ts";
import { getProduct } from "./get-product.ts";
import { listFeed } from "./list-feed.ts";
import { listProducts } from "./list-products.ts";
import { productStore } from "./product.store.ts";
import { putProducts } from "./put-products.ts";
import { catalogRoutes } from "./routes.ts";

export const wire = (on: Platform) => {
  const collaborators = {
    ...on,
    stores: storeStore(on.table),
    currencies: currencyStore(on.table),
    products: productStore(on.table),
  };
  return apiHandler(on, {
    routes: catalogRoutes,
    operations: {
      putProducts: putProducts(collaborators),
      changeStock: changeStock(collaborators),
      listProducts: listProducts(collaborators),
      listFeed: listFeed(collaborators),
      getProduct: getProduct(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda(wire);
