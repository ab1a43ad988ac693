import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dataMap } from "./data-map.ts";
import type { Deployed } from "./deployed.ts";
import { erasures, type Test } from "./erasures.ts";
import { htmlOf } from "./html.ts";
import { type Made, markdownOf, type Page, type Table, tableFrom } from "./page.ts";
import type { Provider } from "./providers.ts";
import { type Outcome, saqA } from "./saq-a.ts";
import { criteria, requirements } from "./saq-requirements.ts";

type On = {
  readonly made: Made;
  readonly deployed: Deployed;
  readonly providers: readonly Provider[];
  readonly outcomeOf: (test: Test) => Outcome;
};

/** Every test that the pages call as a witness. */
export const witnesses: readonly Test[] = [
  ...erasures.map(({ test }) => test),
  ...[...criteria, ...requirements].flatMap(({ tests }) => tests),
];

/** The files to write, by name: the same input gives the same bytes. */
export const evidenceOf = ({ made, deployed, ...on }: On): Readonly<Record<string, string>> => {
  const pages = [dataMap(deployed), saqA({ ...on, date: made.date }), access()];
  return {
    ...Object.fromEntries(pages.map((page) => [`${page.name}.md`, markdownOf(page, made)])),
    "index.html": htmlOf("Agentic checkout: evidence", pages, made),
  };
};

/** Who may do what: the page that a test of `access/` writes and tries, cell by cell. */
const access = (): Page => {
  const file = fileURLToPath(new URL("../../functions/access/matrix.md", import.meta.url));
  return {
    name: "access",
    title: "Who may do what",
    text: [
      "Role × operation, from `functions/access/matrix.md`: `test/access/matrix.test.ts` tries every cell.",
    ],
    sections: [{ title: "License keys by role", table: routesIn(tableFrom(readFileSync(file, "utf8"))) }],
  };
};

const routesIn = ({ head, rows }: Table): Table => ({
  head: head.map((name) => name || "route"),
  rows: rows.map(([operation = "", route = "", ...rest]) => [operation, `\`${route}\``, ...rest]),
});
