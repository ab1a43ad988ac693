import { Aws, DefaultStackSynthesizer } from "aws-cdk-lib";
import { prefixOf, type Stage } from "../stage.ts";

/** The stacks of a release, in the order in which they need each other. */
export const releasedStacks = ["data", "agent-api", "store-api"] as const;
export type ReleasedStack = (typeof releasedStacks)[number];

export const stackNameOf = (stage: Stage, stack: ReleasedStack): string => `${prefixOf(stage)}-${stack}`;

/** In the account and region of the stack that names it. */
export const arnHere = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** CloudFormation knows a stack by its name and an id that it makes. */
export const stackArns = (stage: Stage): string[] =>
  releasedStacks.map((stack) => arnHere("cloudformation", `stack/${stackNameOf(stage, stack)}/*`));

const qualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER;
const roleOf = (purpose: string): string =>
  `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-${qualifier}-${purpose}-role-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
export const publishedBucketOf = (account: string, region: string): string =>
  `cdk-${qualifier}-assets-${account}-${region}`;
const bucket = publishedBucketOf(Aws.ACCOUNT_ID, Aws.REGION);

/** What `cdk bootstrap` has made in the account: its names are a promise of the CDK. */
export const bootstrapped = {
  /** CloudFormation changes everything under this role, whoever asks it to. */
  executionRoleArn: roleOf("cfn-exec"),
  publishingRoleArn: roleOf("file-publishing"),
  published: `arn:${Aws.PARTITION}:s3:::${bucket}/*`,
  publishedUrl: `https://${bucket}.s3.${Aws.REGION}.${Aws.URL_SUFFIX}/*`,
  /** Every template asks for it, in the name of whoever makes the change set. */
  versionParameterArn: arnHere("ssm", `parameter/cdk-bootstrap/${qualifier}/version`),
} as const;
