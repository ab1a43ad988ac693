import { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { dataProtection } from "./data-protection.ts";
import type { Stage } from "./stage.ts";

type Props = {
  readonly logGroupName: string;
  readonly stage: Stage;
  readonly encryptionKey: IKey;
};

/** The one way a log is made: under a key of ours, for the stage's time, and masked by CloudWatch for whoever reads it. */
export const logGroup = (
  scope: Construct,
  id: string,
  { logGroupName, stage, encryptionKey }: Props,
): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName,
    encryptionKey,
    dataProtectionPolicy: dataProtection(),
    retention: stage.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
