import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readTree } from "#test/infra/tree.ts";

const readme = readFileSync(new URL("../../functions/operator/README.md", import.meta.url), "utf8");
const listed = [...readme.matchAll(/^\|.*\| ((?:`[\w/.-]+\.ts`(?:, )?)+) \|$/gm)].flatMap(([, where = ""]) =>
  [...where.matchAll(/`([^`]+)`/g)].map(([, path = ""]) =>
    path.startsWith("infra/") ? path : `functions/${path}`,
  ),
);

test("whatever encrypts, signs or digests is in the inventory, and what is in it is there (B-54)", () => {
  const files = readTree("functions");
  const using = files.filter(({ text }) => /from "(node:crypto|@aws-crypto\/client-node)"/.test(text));
  expect(using.length).toBeGreaterThan(15);
  expect(using.map(({ path }) => path).filter((path) => !listed.includes(path))).toEqual([]);
  const known = [...files, ...readTree("infra")].map(({ path }) => path);
  expect(listed.filter((path) => !known.includes(path))).toEqual([]);
});
