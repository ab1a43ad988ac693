/** Text is Markdown within a line: `code`, **strong** and [links](url). Both renderings read it, and nothing else. */
export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
export type Section = {
  readonly title: string;
  readonly text?: readonly string[];
  readonly table?: Table;
};
export type Page = {
  readonly name: string;
  readonly title: string;
  readonly text: readonly string[];
  readonly sections: readonly Section[];
};

/** What every page says of itself, so that a printed one can be told from next year's. */
export type Made = { readonly date: string; readonly commit: string; readonly stage: string };

export const madeLine = ({ date, commit, stage }: Made): string =>
  `Made on ${date} from commit \`${commit}\`, stage \`${stage}\`.`;

export const markdownOf = ({ title, text, sections }: Page, made: Made): string =>
  `${[`# ${title}`, madeLine(made), ...text, ...sections.flatMap(sectionIn)].join("\n\n")}\n`;

const sectionIn = ({ title, text = [], table }: Section): string[] => [
  `## ${title}`,
  ...text,
  ...(table ? [tableIn(table)] : []),
];

const tableIn = ({ head, rows }: Table): string =>
  [head, head.map(() => "---"), ...rows].map(rowIn).join("\n");
const rowIn = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** A table that was written in Markdown by somebody else. */
export const tableFrom = (markdown: string): Table => {
  const [head = [], , ...rows] = markdown
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | "));
  return { head, rows };
};
