import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/journey/share-assembly.ts"],
    // The heavy counts take minutes; they are bounded by their number, not by a clock.
    testTimeout: process.env["EFFORT"] === "full" ? 1_800_000 : 180_000,
    hookTimeout: 300_000,
    pool: "threads",
    maxWorkers: 2,
  },
});
