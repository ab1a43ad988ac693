import type { Routes } from "#functions/runtime/route.ts";
import { ParagraphAnswer, StoreAnswer } from "./get-store.ts";
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
  getPrivacyParagraph: {
    method: "GET",
    path: "/store/privacy_paragraph",
    scope: "store:read",
    summary:
      "What the store's privacy policy has to say of purchases through assistants, ready to be copied.",
    answers: { 200: ParagraphAnswer },
  },
  patchStore: {
    method: "PATCH",
    path: "/store",
    scope: "store:write",
    recorded: { as: "store.changed", with: "act" },
    summary: "Changes settings; what is left out stays, null clears what is optional.",
    body: StorePatch,
    answers: { 200: StoreAnswer },
  },
  putDiscounts: {
    method: "PUT",
    path: "/discounts",
    scope: "store:write",
    recorded: { as: "discounts.put", with: "act" },
    summary: "Creates or replaces up to 99 discount codes, all or none.",
    body: PutDiscounts,
    answers: { 200: DiscountsAnswer },
  },
} as const satisfies Routes;
