import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, Stack, Validations } from "aws-cdk-lib";
import { CfnKey } from "aws-cdk-lib/aws-kms";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { stageNames } from "#infra/stage.ts";
import { appOf, temporaryFolder } from "./synthesized.ts";

type Violation = {
  readonly ruleName: string;
  readonly violatingConstructs?: readonly { constructPath?: string }[];
};
type Acknowledged = Violation & { readonly acknowledgedId: string; readonly reason: string };
type Report = {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly Acknowledged[];
  }[];
};

/** CDK throws on findings, and writes the same report with or without them. */
const checked = (app: App): Report => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes("Validation failed")) throw error;
  }
  return JSON.parse(readFileSync(join(app.outdir, "validation-report.json"), "utf8")) as Report;
};

console.log(JSON.stringify(checked(appOf("prod")), null, 1).slice(0, 6000));
void [
  Stack,
  CfnKey,
  CfnFunction,
  temporaryFolder,
  describe,
  expect,
  it,
  stageNames,
  null as unknown as Acknowledged,
];
