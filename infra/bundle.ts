import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";

export const projectRoot = join(import.meta.dirname, "..");

/** `acp/acp` → `functions/acp/acp.handler.ts` */
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
  const script = join(import.meta.dirname, "build-handlers.ts");
  const ended = spawnSync(process.execPath, [script, folder], { stdio: ["ignore", "inherit", "inherit"] });
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  if (ended.status !== 0) throw new Error("the handlers could not be bundled");
  return folder;
};
