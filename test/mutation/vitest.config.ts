import { defineConfig } from "vitest/config";

/** `mutate.ts` says which tests; Stryker runs this in its sandbox. */
export default defineConfig({
  test: {
    include: JSON.parse(process.env["MUTATION_TESTS"] ?? "[]"),
    testTimeout: 20_000,
  },
});
