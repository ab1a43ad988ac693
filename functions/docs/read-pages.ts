import { proxyResult } from "#functions/runtime/api-answer.ts";
import { pageOf, policy, start } from "./page.ts";
import { docsPages } from "./pages.ts";
import type { Viewer } from "./viewer.ts";

export type Published = { readonly info: { readonly title: string }; readonly servers: readonly object[] };

type On = {
  /** The API's document; where it is deployed is put in here. */
  readonly document: Published;
  readonly url: string;
  readonly viewer: Viewer;
};

/** Answers the document and the page that shows it, by the path that the gateway matched. */
export const readPages = (on: On) => async (path: string) => {
  const [name, page] = pages.find(([, each]) => each.path === path) ?? [];
  if (!name || !page) throw new Error(`no page is at ${path}`);
  return proxyResult({
    status: 200,
    text: await texts[name](on),
    headers: {
      "content-type": "type" in page ? `${page.type}; charset=utf-8` : "application/json",
      "cache-control": "public, max-age=3600",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      // RFC 6797: a browser that read it once comes by HTTPS from then on.
      "strict-transport-security": "max-age=63072000",
    },
  });
};

type Name = keyof typeof docsPages;
const pages = Object.entries(docsPages) as [Name, (typeof docsPages)[Name]][];

const texts: Readonly<Record<Name, (on: On) => string | Promise<string>>> = {
  getOpenApi: ({ document, url }) => JSON.stringify({ ...document, servers: [{ url }] }),
  getDocs: ({ document }) => pageOf(document.info.title),
  getDocsViewer: ({ viewer }) => viewer.script(),
  getDocsStart: () => start,
  getDocsStyle: ({ viewer }) => viewer.style(),
};
