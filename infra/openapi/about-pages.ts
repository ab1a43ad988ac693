import { z } from "zod";
import type { Routes } from "#functions/runtime/route.ts";

const Link = z.object({ href: z.url(), version: z.string().optional() });

/** What the gateway says by itself (`about.ts`). */
export const aboutPages = {
  getRoot: {
    method: "GET",
    path: "/",
    scope: "public",
    summary:
      "What this host is, on whose terms, and where the rest stands, as links by their relation (RFC 8288).",
    answers: {
      200: z.object({ name: z.string(), api: z.enum(["agent", "store"]), links: z.record(z.string(), Link) }),
    },
  },
  getSecurityText: {
    method: "GET",
    path: "/.well-known/security.txt",
    scope: "public",
    summary: "Whom to tell of a hole (RFC 9116).",
    type: "text/plain",
    answers: { 200: z.string() },
  },
} as const satisfies Routes;
