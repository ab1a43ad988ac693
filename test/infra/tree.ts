import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

export type Import = {
  /** As written, or the path in the tree for a file of ours. */
  readonly of: string;
  /** Types are gone at run time. */
  readonly typeOnly: boolean;
};
export type SourceFile = {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
};
export type Tree = readonly SourceFile[];

export const sourceFile = (path: string, text: string): SourceFile => ({
  path,
  text,
  imports: importsOf(path, text),
});

/** Every TypeScript file of the given top folders. */
export const readTree = (...folders: readonly string[]): Tree => {
  const root = join(import.meta.dirname, "../..");
  return folders.flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root })
      .sort()
      .map((path) => sourceFile(path, readFileSync(join(root, path), "utf8"))),
  );
};

const imported = /^import\s+(type\s)?(?:([^"';]*?)\s+from\s+)?"([^"]+)"/gm;
const exported = /^export\s+(type\s)?(\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+"([^"]+)"/gm;
const dynamic = /\bimport\(\s*"([^"]+)"/g;

const importsOf = (path: string, text: string): Import[] => [
  ...[...text.matchAll(imported), ...text.matchAll(exported)].map(([, type, names = "", of = ""]) => ({
    of: resolved(path, of),
    typeOnly: type !== undefined || onlyTypes(names),
  })),
  ...[...text.matchAll(dynamic)].map(([, of = ""]) => ({ of: resolved(path, of), typeOnly: false })),
];

const onlyTypes = (names: string): boolean => {
  const listed = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  const each = listed
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return each !== undefined && each.length > 0 && each.every((name) => name.startsWith("type "));
};

const resolved = (path: string, of: string): string => {
  if (of.startsWith("#")) return of.slice(1);
  return of.startsWith(".") ? posix.join(posix.dirname(path), of) : of;
};

/** A chain of files that import each other in a circle, types left out. */
export const cycleIn = (files: Tree): readonly string[] | undefined => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): readonly string[] | undefined => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return undefined;
    done.add(path);
    const next = byPath.get(path)?.imports.filter(({ typeOnly }) => !typeOnly) ?? [];
    return next.map(({ of }) => visit(of, [...above, path])).find((found) => found !== undefined);
  };
  return files.map(({ path }) => visit(path, [])).find((found) => found !== undefined);
};
