import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/journey/share-assembly.ts"],
    // On a machine three times slower nothing takes longer. The heavy counts take minutes; they are bounded by
    // their number, not by a clock.
    testTimeout: process.env["EFFORT"] === "full" ? 1_800_000 : 120_000,
    hookTimeout: 120_000,
    pool: "threads",
    maxWorkers: 2,
  },
});
