import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** `Pack::Pack-Rule`: only the qualified id leaves a trace with its reason in the validation report. */
export type RuleId = `AwsSolutions::AwsSolutions-${string}` | `Serverless::Serverless-${string}`;

/** Accepts a finding where it arises. The reason is for an auditor who has never seen this code. */
export const acknowledge = (
  construct: IConstruct,
  reasons: Readonly<Partial<Record<RuleId, string>>>,
): void => {
  for (const [id, reason] of Object.entries(reasons)) {
    if (reason) Validations.of(construct).acknowledge({ id, reason });
  }
};
