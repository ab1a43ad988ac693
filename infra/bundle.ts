import { cpSync, globSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

export const projectRoot = join(import.meta.dirname, "..");

/** Every handler of the tree: `acp/acp` for `functions/acp/acp.handler.ts`. */
export const handlersInTree = (): readonly string[] =>
  globSync("functions/*/*.handler.ts", { cwd: projectRoot })
    .map((path) => path.slice("functions/".length, -".handler.ts".length))
    .sort();

export const entryOf = (handler: string): string => `functions/${handler}.handler.ts`;

/**
 * The handler's code with all it imports as one file. One run of esbuild makes the files of all handlers, at the
 * first that is wanted; with the context `aws:cdk:bundling-stacks: []` none is, and no run happens.
 */
export const bundleOf = (handler: string): Code =>
  Code.fromAsset(join(projectRoot, "functions"), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: the local bundling below always succeeds or throws.
      image: DockerImage.fromRegistry("unused"),
      // Tells CDK's cache one handler from another.
      command: [handler],
      local: {
        tryBundle: (outputFolder) => {
          cpSync(join(builtOnce(), `${handler}.handler.mjs`), join(outputFolder, "index.mjs"));
          return true;
        },
      },
    },
  });

let built: string | undefined;

const builtOnce = (): string => {
  built ??= build(mkdtempSync(join(tmpdir(), "agentic-checkout-")));
  return built;
};

const build = (folder: string): string => {
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints: handlersInTree().map(entryOf),
    outbase: "functions",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    legalComments: "none",
    // Some packages are CommonJS and `require` Node's own modules, which an ES module has to bring along.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return folder;
};
