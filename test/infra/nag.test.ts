import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { CfnKey } from "aws-cdk-lib/aws-kms";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { type StageName, stageNames } from "#infra/stage.ts";
import { appOf, remove, temporaryFolder } from "./synthesized.ts";

type Violation = { readonly ruleName: string; readonly violatingConstructs: readonly object[] };
type Acknowledged = Violation & { readonly acknowledgedId: string; readonly reason: string };
type Report = {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly Acknowledged[];
  }[];
};

/** CDK throws on findings, and writes the report with or without them. */
const checked = (app: App): Report => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error && error.name === "ValidationFailed")) throw error;
  }
  const report = readFileSync(join(app.outdir, "validation-report.json"), "utf8");
  remove(app.outdir);
  return JSON.parse(report) as Report;
};

const findingsIn = (report: Report): string[] =>
  report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));

/** A queue without anything and a key that never rotates: both packs must object, or they did not look. */
const canary = (acknowledged: readonly string[] = []): App => {
  const app = new App({ outdir: temporaryFolder(), builtinCloudFormationValidation: false });
  const stack = new Stack(app, "canary");
  const key = new CfnKey(stack, "key", { keyPolicy: { Version: "2012-10-17", Statement: [] } });
  new CfnQueue(stack, "queue");
  for (const id of acknowledged) Validations.of(key).acknowledge({ id, reason: "to see what becomes of it" });
  return app;
};

/** What a stage acknowledges and what is found in it; both packs take seconds, so each stage is looked at once. */
const looked = new Map<StageName, { acknowledged: { id: string; reason: string }[]; report: Report }>();
const look = (stage: StageName) => {
  const known = looked.get(stage);
  if (known) return known;
  const app = appOf(stage);
  const seen = { acknowledged: acknowledgedIn(app), report: checked(app) };
  looked.set(stage, seen);
  return seen;
};

/** Every id that the app acknowledges; an unqualified one would vanish from the report without a trace. */
const acknowledgedIn = (app: App): { id: string; reason: string }[] =>
  app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([id, reason]) => ({ id, reason }));

const qualified = /^(AwsSolutions::AwsSolutions|Serverless::Serverless)-[A-Za-z0-9]+(\[.+\])?$/;

describe("cdk-nag", () => {
  it.each(stageNames)("finds nothing in %s that is not acknowledged", (stage) => {
    const { report } = look(stage);
    expect(findingsIn(report)).toEqual([]);
    expect(report.pluginReports.map(({ pluginName }) => pluginName).sort()).toEqual([
      "AwsSolutions",
      "Serverless",
    ]);
  });

  it("is awake: a careless stack has findings of both packs", () => {
    const findings = findingsIn(checked(canary()));
    expect(findings).toContain("AwsSolutions-KMS5");
    expect(findings).toContain("Serverless-SQSRedrivePolicy");
  });

  it("shows an acknowledgement by its qualified id and hides one by its short id", () => {
    const shown = checked(canary(["AwsSolutions::AwsSolutions-KMS5"])).pluginReports.flatMap(
      ({ suppressedViolations = [] }) => suppressedViolations.map(({ acknowledgedId }) => acknowledgedId),
    );
    expect(shown).toEqual(["AwsSolutions::AwsSolutions-KMS5"]);
    const hidden = checked(canary(["AwsSolutions-KMS5"]));
    expect(JSON.stringify(hidden)).not.toContain("KMS5");
  });

  it("is told of every exception by qualified id and with a reason that an auditor can follow", () => {
    const { acknowledged } = look("prod");
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter(({ id }) => !qualified.test(id))).toEqual([]);
    expect(acknowledged.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });

  it("has no exception that nothing needs any more", () => {
    const stages = stageNames.map(look);
    const given = new Set(stages.flatMap(({ acknowledged }) => acknowledged).map(({ id }) => id));
    const used = new Set(
      stages
        .flatMap(({ report }) => report.pluginReports)
        .flatMap(({ suppressedViolations = [] }) => suppressedViolations)
        .map(({ acknowledgedId }) => acknowledgedId),
    );
    expect([...given].sort()).toEqual([...used].sort());
  });
});
