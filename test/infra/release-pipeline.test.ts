import { describe, expect, it } from "vitest";
import { listed } from "./granted.ts";
import { cdkRoleArn, named, releaseTemplate, resolved, roleOf, stackArn } from "./release.ts";
import { resourcesOf } from "./synthesized.ts";

const template = releaseTemplate();
const role = roleOf(template);
const stacks = ["data", "agent-api", "store-api"];

type Action = {
  readonly Name: string;
  readonly Namespace?: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly RoleArn?: string;
  readonly Configuration: Readonly<Record<string, string>>;
  readonly InputArtifacts?: readonly { readonly Name: string }[];
};
type Pipeline = {
  readonly Stages: readonly { readonly Name: string; readonly Actions: readonly Action[] }[];
};

describe("a release", () => {
  const [[, made] = []] = resourcesOf(template, "AWS::CodePipeline::Pipeline");
  const { Stages } = resolved<Pipeline>(made?.Properties);
  const actions = Stages.flatMap(({ Actions }) => Actions);
  const release = Stages.find(({ Name }) => Name === "release")?.Actions ?? [];
  const orderOf = (name: string) => release.find(({ Name }) => Name === name)?.RunOrder ?? Number.NaN;
  const executing = actions.filter(
    ({ Configuration: { ActionMode } }) => ActionMode === "CHANGE_SET_EXECUTE",
  );

  it("prepares, asks and executes one stack after the other, in one stage that no other release enters", () => {
    expect(Stages.map(({ Name }) => Name)).toEqual(["source", "build", "release"]);
    expect(release.map(({ Name, RunOrder }) => `${RunOrder} ${Name}`)).toEqual([
      "1 prepare-data",
      "2 approve-data",
      "3 publish",
      "4 execute-data",
      "5 prepare-agent-api",
      "6 approve-agent-api",
      "7 execute-agent-api",
      "8 prepare-store-api",
      "9 approve-store-api",
      "10 execute-store-api",
    ]);
  });

  it("executes nothing without a person's yes to that very change set", () => {
    expect(executing.map(({ Name }) => Name)).toEqual(stacks.map((stack) => `execute-${stack}`));
    for (const { Name, RunOrder } of executing) {
      const stack = Name.replace("execute-", "");
      const approval = release.find((each) => each.Name === `approve-${stack}`);
      expect(approval?.ActionTypeId).toMatchObject({ Category: "Approval", Provider: "Manual" });
      expect(orderOf(`prepare-${stack}`)).toBeLessThan(orderOf(`approve-${stack}`));
      expect(orderOf(`approve-${stack}`)).toBeLessThan(RunOrder);
    }
    const deploying = actions.filter(({ ActionTypeId: { Category } }) => Category === "Deploy");
    expect(new Set(deploying.map(({ Configuration: { ActionMode } }) => ActionMode))).toEqual(
      new Set(["CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"]),
    );
  });

  it("executes the change set that was prepared, of the template that was measured", () => {
    for (const stack of stacks) {
      const [prepared, executed] = ["prepare", "execute"].map(
        (step) => release.find(({ Name }) => Name === `${step}-${stack}`)?.Configuration,
      );
      expect(executed).toMatchObject({ StackName: prepared?.["StackName"], ChangeSetName: "release" });
      expect(prepared).toMatchObject({
        ChangeSetName: "release",
        RoleArn: cdkRoleArn("cfn-exec"),
        TemplatePath: `assembly::agentic-checkout-prod-${stack}.template.json`,
      });
    }
  });

  it("is asked for by its commit and by the hashes of its template and of all that is published", () => {
    const known = new Map(
      actions.map(({ Namespace = "", Configuration }) => [Namespace, exportedBy(Configuration)]),
    );
    for (const stack of stacks) {
      const text = release.find(({ Name }) => Name === `approve-${stack}`)?.Configuration["CustomData"] ?? "";
      expect(text).toContain("#{source.CommitId}");
      expect(text).toContain(`#{measure.${stack.replaceAll("-", "_").toUpperCase()}_SHA256}`);
      expect(text).toContain("#{measure.ASSEMBLY_SHA256}");
      for (const [, namespace = "", variable] of text.matchAll(/#\{(\w+)\.(\w+)\}/g))
        expect([...(known.get(namespace) ?? []), "CommitId"], variable).toContain(variable);
      expect(text.replaceAll(/#\{\w+\.\w+\}/g, "0".repeat(64)).length).toBeLessThan(1_000);
    }
  });

  it("runs what a commit brings without a right to anything, until that commit is approved", () => {
    const reach = (id: string) =>
      role(id)
        .statements.flatMap((each) => listed(each.Action ?? []))
        .sort();
    const own = [
      "kms:Decrypt",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:GetBucketAcl",
      "s3:GetBucketLocation",
      "s3:GetBucketVersioning",
      "s3:GetObject",
      "s3:GetObjectVersion",
    ];
    expect(reach("pipelinemeasurerole")).toEqual(own);
    expect(reach("pipelinebuildrole")).toEqual([...own, "kms:GenerateDataKey", "s3:PutObject"].sort());
    expect(reach("pipelinepublishrole")).toEqual([...own, "sts:AssumeRole"]);
    expect(orderOf("publish")).toBeGreaterThan(orderOf("approve-data"));
    expect(orderOf("publish")).toBeLessThan(orderOf("execute-data"));
  });

  it("is measured where nothing of the commit runs, or it could say of itself what it likes", () => {
    const measure = actions.find(({ Name }) => Name === "measure");
    expect(measure?.InputArtifacts).toEqual([{ Name: "assembly" }]);
    expect(specOf("measure").phases.build.commands.join(" ")).not.toMatch(/\b(npm|npx|node)\b/);
  });

  it("is built of packages without a grave hole that is known, all tests green, and says which they are", () => {
    expect(specOf("build").phases.build.commands).toEqual([
      "npm ci",
      "npm audit --omit=dev --audit-level=high",
      "npm run check",
      "npm run synth -- --context stage=prod --output release.out",
      "npm sbom --sbom-format=cyclonedx --omit=dev > release.out/sbom.json",
    ]);
  });

  it("is prepared by one role and executed by another", () => {
    const [prepare, execute] = [role("pipelineprepare"), role("pipelineexecute")];
    const on = (who: typeof prepare, action: string) =>
      who.may(`cloudformation:${action}`, stackArn("data"), named("release"));
    expect([on(prepare, "CreateChangeSet"), on(prepare, "ExecuteChangeSet")]).toEqual([true, false]);
    expect([on(execute, "CreateChangeSet"), on(execute, "ExecuteChangeSet")]).toEqual([false, true]);
    expect(execute.may("cloudformation:ExecuteChangeSet", stackArn("data"), named("draft-a"))).toBe(false);
    for (const { Name, RoleArn } of release.filter(({ RoleArn: given }) => given))
      expect(RoleArn).toMatch(Name.startsWith("prepare") ? /^pipelineprepare/ : /^pipelineexecute/);
    for (const who of [prepare, execute])
      expect(JSON.stringify(who.trust)).toMatch(/"Principal":\{"AWS":"pipelinerole[0-9A-F]{8}\.Arn"\}/);
  });
});

type Spec = {
  readonly env: { readonly "exported-variables"?: readonly string[] };
  readonly phases: { readonly build: { readonly commands: readonly string[] } };
};

const specOf = (name: string): Spec => {
  const found = resourcesOf(template, "AWS::CodeBuild::Project").find(([id]) =>
    id.startsWith(`pipeline${name}`),
  );
  const { BuildSpec } = (found?.[1].Properties["Source"] ?? { BuildSpec: "{}" }) as { BuildSpec: string };
  return JSON.parse(BuildSpec) as Spec;
};

const exportedBy = ({ ProjectName }: Action["Configuration"]): readonly string[] =>
  ProjectName
    ? (specOf(ProjectName.slice(ProjectName.lastIndexOf("-") + 1)).env["exported-variables"] ?? [])
    : [];
