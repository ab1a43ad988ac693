import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { projectRoot } from "../bundle.ts";
import type { Names } from "./schemas.ts";

type Named = { readonly schema: z.ZodType; readonly name: string; readonly folder: string };

/** Every exported schema by its export's name; where two features have the same, each after its feature. */
export const schemaNames = async (): Promise<Names> => {
  const files = globSync("functions/*/*.ts", {
    cwd: projectRoot,
    exclude: ["**/*.{handler,client}.ts"],
  }).sort();
  const named = (await Promise.all(files.map(namedIn))).flat();
  const shared = (name: string) =>
    new Set(named.filter((each) => each.name === name).map(({ schema }) => schema));
  const names = new Map(
    named.map((each) => [each.schema, shared(each.name).size > 1 ? featured(each) : each.name] as const),
  );
  refuseTwins([...names.values()]);
  return names;
};

/** Two of one feature: the document would show one in place of the other. */
const refuseTwins = (names: readonly string[]): void => {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin) throw new Error(`two schemas are called ${twin}`);
};

const namedIn = async (path: string): Promise<Named[]> => {
  const [, folder = ""] = path.split("/");
  const exported: Record<string, unknown> = await import(pathToFileURL(join(projectRoot, path)).href);
  return Object.entries(exported).flatMap(([name, schema]) =>
    /^[A-Z]/.test(name) && schema instanceof z.ZodType ? [{ schema, name, folder }] : [],
  );
};

/** What all features share needs no name before its own. */
const featured = ({ name, folder }: Named): string =>
  folder === "values" ? name : `${folder.charAt(0).toUpperCase()}${folder.slice(1)}${name}`;
