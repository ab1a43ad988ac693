import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { bugs } from "./bugs.ts";
import { edited } from "./edit.ts";

const source = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");

test.each(bugs)(
  "$name can be planted: each edit fits once, and what comes of it is TypeScript",
  ({ edits }) => {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const before = source(file);
      const after = edits.filter((edit) => edit.file === file).reduce(edited, before);
      expect(after).not.toBe(before);
      expect(() => stripTypeScriptTypes(after)).not.toThrow();
    }
  },
);

test("an edit that does not fit is told", () => {
  const edit = { file: "functions/order/order.ts", find: "there is no such line", put: "" };
  expect(() => edited("some text", edit)).toThrow("0 places");
});
