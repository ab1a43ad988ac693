import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appFor } from "../app.ts";

type Properties = Readonly<Record<string, unknown>>;
type Template = { readonly Resources: Readonly<Record<string, { Type: string; Properties?: Properties }>> };

/** What a stage's templates deploy, by type, as CloudFormation would get it. */
export type Deployed = {
  ofType(type: string): readonly { readonly id: string; readonly properties: Properties }[];
  readonly types: readonly string[];
};

/** Synthesizes in this process, without bundling: evidence looks at no code of functions. */
export const deployedBy = (stage: string): Deployed => {
  const outdir = mkdtempSync(join(tmpdir(), "evidence-"));
  const app = appFor(
    { stage, "aws:cdk:bundling-stacks": [] },
    { outdir, builtinCloudFormationValidation: false },
  );
  const templates = app.synth().stacks.map(({ template }) => template as Template);
  rmSync(outdir, { recursive: true, force: true });
  const resources = templates.flatMap(({ Resources }) => Object.entries(Resources));
  return {
    ofType: (type) =>
      resources
        .filter(([, each]) => each.Type === type)
        .map(([id, { Properties = {} }]) => ({ id, properties: Properties })),
    types: [...new Set(resources.map(([, { Type }]) => Type))].sort(),
  };
};

/** Which of our keys a resource lies under, by the name that the key has where it is made. */
export const keyOf = (properties: Properties): string => {
  const text = JSON.stringify(properties);
  return (
    /keys(records|people|operations|seals)/.exec(text)?.[1] ??
    (/artifactskey/.test(text) ? "release" : "none")
  );
};

/** A name as it is read, where the account's number and other names are known only at deployment. */
export const nameOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  const [separator, parts] = (value as { readonly "Fn::Join"?: [string, unknown[]] })?.["Fn::Join"] ?? [
    "",
    [],
  ];
  return parts.map((part) => (typeof part === "string" ? part : "…")).join(separator);
};
