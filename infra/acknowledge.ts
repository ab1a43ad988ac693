import { Aws, Validations } from "aws-cdk-lib";
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

/** Resources with a star in them, as the report calls them. */
export const stars = (resources: readonly string[], reason: string): Readonly<Record<RuleId, string>> =>
  Object.fromEntries(
    resources.map((resource) => [
      `AwsSolutions::AwsSolutions-IAM5[Resource::${shown(resource)}]` satisfies RuleId,
      reason,
    ]),
  );
const shown = (resource: string): string =>
  resource
    .replace(Aws.PARTITION, "<AWS::Partition>")
    .replace(Aws.REGION, "<AWS::Region>")
    .replace(Aws.ACCOUNT_ID, "<AWS::AccountId>");
