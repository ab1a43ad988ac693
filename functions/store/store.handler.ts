import { recordRequest } from "#functions/audit/record-request.ts";
import { productStore } from "#functions/catalog/product.store.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { getPrivacyParagraph, getStore } from "./get-store.ts";
import { patchStore } from "./patch-store.ts";
import { putDiscounts } from "./put-discounts.ts";
import { storeRoutes } from "./routes.ts";
import { storeStore } from "./store.store.ts";

export const wire = (on: Platform) => {
  const collaborators = { ...on, stores: storeStore(on.table), products: productStore(on.table) };
  return apiHandler(on, {
    routes: storeRoutes,
    operations: {
      getStore: getStore(collaborators),
      getPrivacyParagraph: getPrivacyParagraph(collaborators),
      patchStore: patchStore(collaborators),
      putDiscounts: putDiscounts(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda(wire);
