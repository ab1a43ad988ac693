import { type Made, madeLine, type Page, type Section, type Table } from "./page.ts";
import { style } from "./style.ts";

/** All pages as one document that loads nothing and runs nothing: it is mailed, printed and kept. */
export const htmlOf = (title: string, pages: readonly Page[], made: Made): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>${escaped(title)}</h1><p>${inline(madeLine(made))}</p></header>
<nav aria-label="Contents"><ul>
${pages.map(contents).join("\n")}
</ul></nav>
<main id="content">
${pages.map(article).join("\n")}
</main>
</body>
</html>
`;

const contents = (page: Page): string =>
  `<li><a href="#${page.name}">${escaped(page.title)}</a><ul>${page.sections
    .map(({ title }) => `<li><a href="#${idOf(page, title)}">${escaped(title)}</a></li>`)
    .join("")}</ul></li>`;

const article = (page: Page): string => `<article id="${page.name}" aria-labelledby="${page.name}-title">
<h2 id="${page.name}-title">${escaped(page.title)}</h2>
${page.text.map(paragraph).join("\n")}
${page.sections.map((section) => sectionIn(page, section)).join("\n")}
</article>`;

const sectionIn = (page: Page, { title, text = [], table }: Section): string => {
  const id = idOf(page, title);
  return `<section aria-labelledby="${id}">
<h3 id="${id}">${escaped(title)}</h3>
${text.map(paragraph).join("\n")}
${table ? tableIn(table, id) : ""}
</section>`;
};

/** A wide one scrolls within itself, also by keyboard. */
const tableIn = (
  { head, rows }: Table,
  id: string,
): string => `<div class="wide" role="region" aria-labelledby="${id}" tabindex="0"><table>
<thead><tr>${head.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map(([first = "", ...rest]) => `<tr><th scope="row">${inline(first)}</th>${rest.map(cellIn).join("")}</tr>`).join("\n")}
</tbody>
</table></div>`;

const cellIn = (text: string): string => `<td>${inline(text)}</td>`;
const paragraph = (text: string): string => `<p>${inline(text)}</p>`;

const idOf = ({ name }: Page, title: string): string =>
  `${name}-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;

const inline = (text: string): string =>
  escaped(text)
    .replaceAll(/`([^`]+)`/g, (_, code: string) => `<code>${code.replaceAll(/[./]/g, "$&<wbr>")}</code>`)
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replaceAll(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2">$1</a>')
    .replaceAll(/\[([^\]]+)\]\(([a-z-]+)\.md\)/g, '<a href="#$2">$1</a>')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replaceAll("&#60;br&#62;", "<br>");

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
