import { z } from "zod";
import type { Routes } from "#functions/runtime/route.ts";

const text = { 200: z.string() };

/**
 * Public, because whoever integrates reads before a key is there; the same for all, and of no store. They are no
 * `routes.ts`: nothing is taken, so there is nothing to check.
 */
export const docsPages = {
  getOpenApi: {
    method: "GET",
    path: "/openapi.json",
    scope: "public",
    summary: "This document: OpenAPI 3.1.",
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  },
  getDocs: {
    method: "GET",
    path: "/docs",
    scope: "public",
    summary: "The same as a page to read.",
    type: "text/html",
    answers: text,
  },
  getDocsViewer: {
    method: "GET",
    path: "/docs/viewer.js",
    scope: "public",
    summary: "What shows the page.",
    type: "text/javascript",
    answers: text,
  },
  getDocsStart: {
    method: "GET",
    path: "/docs/start.js",
    scope: "public",
    summary: "What starts it.",
    type: "text/javascript",
    answers: text,
  },
  getDocsStyle: {
    method: "GET",
    path: "/docs/style.css",
    scope: "public",
    summary: "How it looks.",
    type: "text/css",
    answers: text,
  },
} as const satisfies Routes;
