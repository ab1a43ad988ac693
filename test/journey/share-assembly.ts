import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { synthesize } from "#infra/local/synth.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly sharedFolder: string;
  }
}

/** A folder for one run of the tests: what is made once and used by many files. */
let folder: string;

export const setup = (project: TestProject): void => {
  folder = mkdtempSync(join(tmpdir(), "agentic-checkout-run-"));
  project.provide("sharedFolder", folder);
};
export const teardown = (): void => rmSync(folder, { recursive: true, force: true });

const root = join(import.meta.dirname, "../..");

/** The app's templates, synthesized by whoever needs them first; moved whole, because two may be first. */
export const sharedAssembly = async (): Promise<string> => {
  const assembly = join(inject("sharedFolder"), "assembly");
  if (existsSync(assembly)) return assembly;
  const made = mkdtempSync(join(inject("sharedFolder"), "making-"));
  await synthesize(join(root, "infra/app.ts"), made, root);
  try {
    renameSync(made, assembly);
  } catch (error) {
    if (!existsSync(assembly)) throw error;
  }
  return assembly;
};
