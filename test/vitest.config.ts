import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { whole } from "./effort.ts";

/** The heavy counts are in the files that ask how much effort is wanted; the others have said all under `npm test`. */
const counting = (): string[] =>
  globSync("test/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("/effort.ts"));

export default defineConfig({
  test: {
    include: whole ? counting() : ["test/**/*.test.ts"],
    globalSetup: ["test/journey/share-assembly.ts"],
    // On a machine three times slower nothing takes longer. The heavy counts take minutes; they are bounded by
    // their number, not by a clock.
    testTimeout: whole ? 1_800_000 : 120_000,
    hookTimeout: 120_000,
    pool: "threads",
    // Files of one thread share their modules: a third of the time was loading them. So no module of the tests may keep
    // what another file could see; `--sequence.shuffle.files` shows whether one does.
    isolate: false,
    maxWorkers: 2,
  },
});
