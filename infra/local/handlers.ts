import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Handlers as AWS gets them: bundled ES modules. One run of esbuild makes all of them in half a second, what they
 * share in files of its own, and a cold start then takes a third of the time that loading the sources would.
 * They lie beside the templates, so an assembly that is used twice is bundled once.
 */
export const bundleHandlers = async (
  entries: readonly string[],
  on: { root: string; assembly: string },
): Promise<(entry: string) => string> => {
  const folder = join(on.assembly, "handlers");
  if (!existsSync(folder)) await buildInto(folder, entries, on);
  return (entry) => join(folder, entry.replace(/\.ts$/, ".mjs"));
};

/** Made elsewhere and moved whole: another process may be making the same. */
const buildInto = async (
  folder: string,
  entries: readonly string[],
  on: { root: string; assembly: string },
) => {
  const made = mkdtempSync(join(on.assembly, "making-"));
  await build({
    absWorkingDir: on.root,
    entryPoints: [...entries],
    outbase: ".",
    outdir: made,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    sourcemap: "linked",
    sourcesContent: false,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(made, { recursive: true });
  }
};
