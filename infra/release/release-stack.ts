import { type App, Stack } from "aws-cdk-lib";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { acknowledge, type RuleId } from "../acknowledge.ts";
import { prefixOf, type Release, type Stage } from "../stage.ts";
import { Artifacts } from "./artifacts.ts";
import { publishedBucketOf, releasedStacks, stackNameOf } from "./bootstrapped.ts";
import { People } from "./people.ts";
import { Pipeline } from "./pipeline.ts";

/** How the other stacks get into production, and who has a hand in it. It is no part of what it releases. */
export class ReleaseStack extends Stack {
  constructor(app: App, on: { stage: Stage; release: Release }) {
    super(app, releaseStackOf(on.stage), { terminationProtection: on.stage.keep });
    const artifacts = new Artifacts(this, on);
    const { projects } = new Pipeline(this, { ...on, artifacts });
    new People(this, { ...on, projects });
    acknowledge(this, starsIn(this, on.stage, artifacts));
  }
}

export const releaseStackOf = (stage: Stage): string => `${prefixOf(stage)}-release`;

/** The stars at the ends of resources in this stack's roles, each only as long as what nobody can name before. */
const starsIn = (stack: Stack, stage: Stage, { bucket }: Artifacts): Record<RuleId, string> => {
  const here = "<AWS::Region>:<AWS::AccountId>";
  const bucketId = stack.getLogicalId(bucket.node.defaultChild as CfnBucket);
  const stacks = releasedStacks.map((each) => [
    star(`arn:<AWS::Partition>:cloudformation:${here}:stack/${stackNameOf(stage, each)}/*`),
    "CloudFormation makes the id at the end of a stack's ARN when the stack is made; its name before that is whole.",
  ]);
  return Object.fromEntries([
    ...stacks,
    [
      star(`arn:<AWS::Partition>:s3:::${publishedBucketOf("<AWS::AccountId>", "<AWS::Region>")}/*`),
      "Developers read published templates, which are named by their content; the bucket holds nothing but releases.",
    ],
    [
      star(`<${bucketId}.Arn>/*`),
      "CodePipeline names the artifacts of each run itself; the bucket holds nothing but artifacts of this pipeline.",
    ],
  ]);
};

const star = (resource: string): RuleId => `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
