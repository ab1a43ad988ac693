import type { Routes } from "#functions/runtime/route.ts";
import { StoreAnswer } from "./get-store.ts";
import { StorePatch } from "./patch-store.ts";
import { DiscountsAnswer, PutDiscounts } from "./put-discounts.ts";

export const storeRoutes = {
  getStore: {
    method: "GET",
    path: "/store",
    scope: "store:read",
    summary: "The store that the license key belongs to.",
    answers: { 200: StoreAnswer },
  },
  patchStore: {
    method: "PATCH",
    path: "/store",
    scope: "store:write",
    summary: "Changes settings; what is left out stays, null clears what is optional.",
    body: StorePatch,
    answers: { 200: StoreAnswer },
  },
  putDiscounts: {
    method: "PUT",
    path: "/discounts",
    scope: "store:write",
    summary: "Creates or replaces up to 100 discount codes, all or none.",
    body: PutDiscounts,
    answers: { 200: DiscountsAnswer },
  },
} as const satisfies Routes;
