import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTree } from "./tree.ts";

/** The READMEs' tables of promises: each row's last cell says which test goes red without what holds it. */
const root = join(import.meta.dirname, "../..");
const readmes = [
  "README.md",
  "test/simulation/failure-matrix.md",
  ...globSync("{functions,infra,events}/**/README.md", { cwd: root }),
].filter((path) => !path.includes("node_modules"));
const tests = readTree("test");

type Row = { readonly of: string; readonly promise: string; readonly last: string; readonly above: string };

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const rowsOf = (of: string, text: string): Row[] =>
  text.split("\n\n").flatMap((block) => {
    const [heading = "", , ...lines] = block.split("\n").filter((line) => line.startsWith("|"));
    const above = cellsOf(heading).at(-1) ?? "";
    if (!/\bred\b/i.test(above)) return [];
    return lines.map((line) => ({
      of,
      promise: cellsOf(line)[0] ?? "",
      last: cellsOf(line).at(-1) ?? "",
      above: `${above} ${lines
        .slice(0, lines.indexOf(line))
        .map(cellsOf)
        .map((cells) => cells.at(-1))}`,
    }));
  });

const named = (text: string): string[] => [...text.matchAll(/`([\w./-]+)`/g)].map(([, name = ""]) => name);

const filesOf = (name: string) => {
  const bare = name.replace(/^test\//, "").replace(/(\.test)?\.ts$/, "");
  return tests.filter(
    ({ path }) =>
      [".test.ts", ".ts"].some((end) => path.endsWith(`/${bare}${end}`)) ||
      path.startsWith(`test/${bare.replace(/\/$/, "")}/`),
  );
};

/** A row of few words goes on where the ones above it were. */
const filesFor = ({ last, above }: Row) => {
  const own = named(last).flatMap(filesOf);
  return own.length > 0 ? own : named(above).flatMap(filesOf);
};

/** Up to where the title is cut off or has a value in it. */
const titlesIn = (text: string): string[] =>
  [...text.matchAll(/"([^"]+)"/g)].flatMap(([, title = ""]) => title.split(/…|\.\.\./)[0]?.trim() || []);

const missingIn = (row: Row): string[] => {
  const files = filesFor(row);
  const text = files.map((file) => file.text).join("\n");
  return [
    ...(files.length === 0 ? ["no test"] : []),
    ...named(row.last).filter((name) => name.endsWith(".test.ts") && filesOf(name).length === 0),
    ...titlesIn(row.last.replace(/`[^`]*`/g, "")).filter((title) => !text.includes(title)),
  ].map((missing) => `${row.of}: ${row.promise}: ${missing}`);
};

test("every promise of a README names a test that is there, by file and title", () => {
  const rows = readmes.flatMap((path) => rowsOf(path, readFileSync(join(root, path), "utf8")));
  expect(rows.length).toBeGreaterThan(150);
  expect(rows.flatMap(missingIn)).toEqual([]);
});

test("a row whose test is gone, was called otherwise, or never was, is found", () => {
  const table = (cell: string) =>
    `| Promise | Held by | Red without it |\n|---|---|---|\n| p | \`x.ts\` | ${cell} |`;
  const found = (cell: string) => rowsOf("README.md", table(cell)).flatMap(missingIn);
  expect(found('`promised.test.ts` "every promise of a README…"')).toEqual([]);
  expect(found("`gone.test.ts`")).toHaveLength(2);
  expect(found('`architecture.test.ts` "once called so…"')).toHaveLength(1);
  expect(found("whoever looks")).toHaveLength(1);
});
