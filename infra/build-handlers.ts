import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * Run by `bundle.ts` as a process of its own, because esbuild's plugins need a loop and synthesis has none:
 * `node infra/build-handlers.ts <folder>` writes each handler with all it imports as one file.
 */
const projectRoot = join(import.meta.dirname, "..");

/** Zod names its messages in fifty languages, a third of a bundle; callers here get English. */
const englishOnly: Plugin = {
  name: "english-only",
  setup: (on) => {
    on.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: dirname(path),
    }));
  },
};

const buildHandlers = async (folder: string): Promise<void> => {
  await build({
    absWorkingDir: projectRoot,
    entryPoints: globSync("functions/*/*.handler.ts", { cwd: projectRoot }),
    outbase: "functions",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    legalComments: "none",
    plugins: [englishOnly],
    // Some packages are CommonJS and `require` Node's own modules, which an ES module has to bring along.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "warning",
  });
};

const [, , folder] = process.argv;
if (import.meta.main && folder) await buildHandlers(folder);
