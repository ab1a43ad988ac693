import { defineConfig } from "vitest/config";

/** What needs PHP, apart from `npm test`, which runs on nothing but Node. */
export default defineConfig({ test: { include: ["test/php/*.spec.ts"], testTimeout: 120_000 } });
