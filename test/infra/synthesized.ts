import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type AppProps } from "aws-cdk-lib";
import { addStacks, appFor } from "#infra/app.ts";
import type { Stage, StageName } from "#infra/stage.ts";

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};
export type Template = { readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs?: object };

export const unbundled = { "aws:cdk:bundling-stacks": [] };

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "agentic-checkout-test-"));

export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export const appOf = (stage: StageName, context: Record<string, unknown> = {}, props: AppProps = {}): App =>
  appFor(
    { stage, ...unbundled, ...context },
    { outdir: temporaryFolder(), builtinCloudFormationValidation: false, ...props },
  );

export type Stacks = {
  readonly data: Template;
  readonly "agent-api": Template;
  readonly "store-api": Template;
};

/** The templates of a stage, by stack, as CloudFormation would get them but for the functions' code. */
export const templatesOf = (stage: StageName, context: Record<string, unknown> = {}): Stacks =>
  templatesIn(appOf(stage, context), stage);

/** The same for a stage that is not in the table. */
export const templatesFor = (stage: Stage): Stacks => {
  const app = new App({
    context: unbundled,
    outdir: temporaryFolder(),
    builtinCloudFormationValidation: false,
  });
  addStacks(app, stage);
  return templatesIn(app, stage.name);
};

const templatesIn = (app: App, stage: StageName): Stacks => {
  const assembly = app.synth();
  const template = (stack: keyof Stacks) =>
    JSON.parse(
      readFileSync(assembly.getStackByName(`agentic-checkout-${stage}-${stack}`).templateFullPath, "utf8"),
    ) as Template;
  const stacks = {
    data: template("data"),
    "agent-api": template("agent-api"),
    "store-api": template("store-api"),
  };
  remove(assembly.directory);
  return stacks;
};

/** Resources of a type over all given templates, by logical id. */
export const resourcesOf = (templates: Stacks | Template, type: string): [string, Resource][] =>
  ("Resources" in templates ? [templates as Template] : Object.values(templates as Stacks)).flatMap(
    (template) =>
      Object.entries((template as Template).Resources).filter(([, resource]) => resource.Type === type),
  );
