import { execFile } from "node:child_process";
import { globSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { median } from "./quantiles.ts";

export type BundleFigures = {
  /** `acp/acp` */
  readonly handler: string;
  readonly kilobytes: number;
  /** What loading it adds to a bare Node process of this machine. */
  readonly importMilliseconds: number;
};

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** Every function as it is deployed, made by the very script that synthesis calls. */
export const measureBundles = async (runs = 3): Promise<BundleFigures[]> => {
  const folder = mkdtempSync(join(tmpdir(), "agentic-checkout-bundles-"));
  try {
    await run(process.execPath, [join(root, "infra/build-handlers.ts"), folder], { cwd: root });
    const files = globSync("*/*.handler.mjs", { cwd: folder }).sort();
    const figures: BundleFigures[] = [];
    for (const file of files) figures.push(await measure(folder, file, runs));
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const measure = async (folder: string, file: string, runs: number): Promise<BundleFigures> => {
  const path = resolve(folder, file);
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) times.push(await importTime(path));
  return {
    handler: file.replace(/\.handler\.mjs$/, ""),
    kilobytes: statSync(path).size / 1_024,
    importMilliseconds: median(times),
  };
};

/** Timed inside a fresh process, so that Node's own start is not part of it. */
const importTime = async (path: string): Promise<number> => {
  const script = `const begun = performance.now();
    await import(${JSON.stringify(pathToFileURL(path).href)});
    console.log(performance.now() - begun);
    process.exit();`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    env: { PATH: process.env["PATH"], AWS_REGION: "us-east-1" },
    timeout: 20_000,
  });
  return Number(stdout);
};
