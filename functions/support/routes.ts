import { z } from "zod";
import type { Routes } from "#functions/runtime/route.ts";
import { NewSupportGrant } from "./grant-support.ts";
import { SupportGrants } from "./list-support.ts";
import { SupportGrantView } from "./support-grant.ts";

export const supportRoutes = {
  grantSupport: {
    method: "POST",
    path: "/support_grants",
    scope: "support:write",
    recorded: { as: "support.granted", with: "act" },
    summary:
      "Lets a named person of support in for minutes, 8 hours at most, with exactly these scopes, and shows its key once.",
    body: NewSupportGrant,
    answers: { 201: SupportGrantView.extend({ key: z.string().optional() }) },
  },
  listSupport: {
    method: "GET",
    path: "/support_grants",
    scope: "keys:read",
    recorded: { as: "support.read", with: "answer" },
    summary: "Who of support has access now, and who had it in the last 90 days.",
    answers: { 200: SupportGrants },
  },
  endSupport: {
    method: "POST",
    path: "/support_grants/{id}/end",
    scope: "support:write",
    recorded: { as: "support.ended", with: "act" },
    summary: "Ends an access of support at once: its key opens nothing any more.",
    params: z.strictObject({ id: z.string() }),
    answers: { 200: SupportGrantView },
  },
} as const satisfies Routes;
