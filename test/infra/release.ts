import { App } from "aws-cdk-lib";
import { account, arn, type Json, type PolicyContext, region } from "#infra/local/aws.ts";
import { resolveIn } from "#infra/local/intrinsics.ts";
import { allows, type PolicyDocument, type Statement, statementsOf } from "#infra/local/policy.ts";
import { ReleaseStack, releaseStackOf } from "#infra/release/release-stack.ts";
import { stageOf } from "#infra/stage.ts";
import { type Resource, remove, type Template, temporaryFolder } from "./synthesized.ts";

/** The stack that releases prod, alone: it knows the others by name only. */
export const releaseTemplate = (): Template => {
  const stage = stageOf("prod");
  if (!stage.release) throw new Error("prod is released by nothing");
  const app = new App({ outdir: temporaryFolder(), builtinCloudFormationValidation: false });
  new ReleaseStack(app, { stage, release: stage.release });
  const assembly = app.synth();
  const { template } = assembly.getStackByName(releaseStackOf(stage));
  remove(assembly.directory);
  return template as Template;
};

/** What CloudFormation makes of a value: ids stand for names, and for the ARNs of roles. */
export const resolved = <Shape>(value: unknown): Shape => {
  const resolve = (each: Json): Json => resolveIn(scope, each);
  const scope = {
    stack: "release",
    resolve,
    reference: (name: string) => name,
    attribute: (id: string, name: string) => `${id}.${name}`,
    holds: () => false,
    imported: (name: string) => name,
    mapped: () => null,
  };
  return resolve(value as Json) as Shape;
};

type Role = {
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies: readonly { readonly PolicyDocument: PolicyDocument }[];
};

/** Who asks, and whether IAM answers yes; `trusts` asks whether the role takes somebody in. */
export type Somebody = {
  readonly id: string;
  readonly statements: readonly Statement[];
  readonly trust: readonly Statement[];
  readonly may: (action: string, resource: string, context?: PolicyContext) => boolean;
  readonly takes: (context: PolicyContext) => boolean;
};

/** The roles of the template by what their ids begin with: `peopledeveloper`. */
export const rolesIn = (template: Template): ReadonlyMap<string, Somebody> =>
  new Map(
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === "AWS::IAM::Role")
      .map(([id, resource]) => [id.slice(0, -8), somebody(id, resource)]),
  );

export const roleOf = (template: Template): ((id: string) => Somebody) => {
  const roles = rolesIn(template);
  return (id) => {
    const found = roles.get(id);
    if (!found) throw new Error(`no role ${id} among ${[...roles.keys()]}`);
    return found;
  };
};

const somebody = (id: string, { Properties }: Resource): Somebody => {
  const role = resolved<Role>(Properties);
  const statements = role.Policies.flatMap((each) => statementsOf(each.PolicyDocument));
  const trust = statementsOf(role.AssumeRolePolicyDocument);
  return {
    id,
    statements,
    trust,
    may: (action, resource, context = {}) => allows(statements, { action, resource, context }),
    takes: (context) => allows(trust, { action: "sts:AssumeRole", resource: `${id}.Arn`, context }),
  };
};

export const stackArn = (stack: string): string =>
  arn("cloudformation", `stack/agentic-checkout-prod-${stack}/0f4d3f60`);

export const named = (name: string) => ({ "cloudformation:ChangeSetName": name });

export const cdkRoleArn = (purpose: string): string =>
  `arn:aws:iam::${account}:role/cdk-hnb659fds-${purpose}-role-${account}-${region}`;

/** Of the bucket that only the pipeline's last step before an execution writes into. */
export const publishedUrl = (name: string): string =>
  `https://cdk-hnb659fds-assets-${account}-${region}.s3.${region}.amazonaws.com/${name}`;
