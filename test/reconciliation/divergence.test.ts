import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Kind, kinds, nameOf } from "#functions/reconciliation/divergence.ts";

const readme = readFileSync(new URL("../../functions/reconciliation/README.md", import.meta.url), "utf8");

const isKind = (word = ""): boolean => Kind.safeParse(word).success;

test("the table in the README is the table in the code", () => {
  const rows = Kind.options.map((kind) => {
    const { means, healedBy, runbook } = kinds[kind];
    return `| ${kind} | ${means} | ${healedBy ?? "nothing: it rings"} | ${runbook} |`;
  });
  const inReadme = readme.split("\n").filter((line) => line.startsWith("| ") && isKind(line.split(" ")[1]));
  expect(inReadme).toEqual(rows);
});

test("a divergence is the same one by its kind and its ids, whatever order they come in", () => {
  const [storeId, orderId] = ["store_1", "ord_1"] as never[];
  const name = nameOf({ kind: "amount", ids: { storeId, orderId } as never });
  expect(nameOf({ kind: "amount", ids: { orderId, storeId } as never })).toBe(name);
  expect(nameOf({ kind: "amount", ids: { storeId } as never })).not.toBe(name);
  expect(nameOf({ kind: "double", ids: { storeId, orderId } as never })).not.toBe(name);
});
