import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { docsPages } from "#functions/docs/pages.ts";
import { readPages } from "#functions/docs/read-pages.ts";

const textOf = (name: string) =>
  readFileSync(new URL(`../../node_modules/swagger-ui-dist/${name}`, import.meta.url), "utf8");

const read = readPages({
  document: { openapi: "3.1.1", info: { title: "Store API" }, servers: [{ url: "/" }] } as never,
  url: "https://stores.test",
  viewer: {
    script: async () => textOf("swagger-ui-bundle.js"),
    style: async () => textOf("swagger-ui.css"),
  },
});
const paths = Object.values(docsPages).map(({ path }) => path);

describe("what an API says of itself", () => {
  test("names the host that it is read on", async () => {
    const { body } = await read("/openapi.json");
    expect(JSON.parse(body)).toMatchObject({ servers: [{ url: "https://stores.test" }] });
  });

  test.each(paths)(
    "%s is as its route has it, kept for an hour, and lets nothing of another host in",
    async (path) => {
      const { statusCode, headers, body } = await read(path);
      const page = Object.values(docsPages).find((each) => each.path === path);
      expect(statusCode).toBe(200);
      expect(headers).toMatchObject({
        "content-type": page && "type" in page ? `${page.type}; charset=utf-8` : "application/json",
        "cache-control": "public, max-age=3600",
        "x-content-type-options": "nosniff",
        "strict-transport-security": "max-age=63072000",
        "content-security-policy": expect.stringMatching(
          /^default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self';/,
        ),
      });
      // Lambda hands on 6 MB.
      expect(body.length).toBeLessThan(4_000_000);
    },
  );

  test("is a page of scripts and styles that are served beside it, and none inline", async () => {
    const { body } = await read("/docs");
    const linked = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = ""]) => link);
    expect(
      linked
        .filter((link) => link !== "data:,")
        .map((link) => `/${link}`)
        .sort(),
    ).toEqual(paths.filter((path) => path !== "/docs").sort());
    expect(body).not.toMatch(/<style|style=|\son\w+=|<script>/);
  });

  test("asks a reader for no key and sends no request for one", async () => {
    const { body } = await read("/docs/start.js");
    expect(body).toContain("supportedSubmitMethods: []");
    expect(body).toContain("authorizeBtn: () => () => null");
    // Its own hosts' badge would tell them of every document that is read.
    expect(body).toContain("validatorUrl: null");
  });

  test("answers nothing else", async () => {
    await expect(read("/docs/../etc/passwd")).rejects.toThrow("no page");
  });
});
