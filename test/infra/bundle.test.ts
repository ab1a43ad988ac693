import { execFileSync } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "#infra/bundle.ts";
import { remove, temporaryFolder } from "./synthesized.ts";

const folder = temporaryFolder();
const bundles = () => globSync("*/*.mjs", { cwd: folder }).map((path) => join(folder, path));

beforeAll(() => {
  execFileSync(process.execPath, [join(projectRoot, "infra/build-handlers.ts"), folder]);
});

afterAll(() => remove(folder));

describe("the functions' bundles", () => {
  it("are one for each handler, none over 1.5 MB but for the text of the viewer in those of the docs", () => {
    expect(bundles().length).toBe(globSync("functions/*/*.handler.ts", { cwd: projectRoot }).length);
    const limitOf = (path: string) => (path.endsWith("-docs.handler.mjs") ? 3_000_000 : 1_500_000);
    expect(bundles().filter((path) => statSync(path).size > limitOf(path))).toEqual([]);
  });

  it("load in Node with nothing beside them", () => {
    const load = bundles().map((path) => `typeof (await import("${pathToFileURL(path)}")).handler`);
    const code = `console.log(JSON.stringify([${load.join(",")}]))`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(new Set(JSON.parse(printed) as string[])).toEqual(new Set(["function"]));
  });
});
