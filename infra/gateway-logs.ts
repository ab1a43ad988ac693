import { RemovalPolicy } from "aws-cdk-lib";
import { CfnAccount } from "aws-cdk-lib/aws-apigateway";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { Stage } from "./stage.ts";

/**
 * API Gateway writes logs under one role an account and region. It stands here and is kept, because every other
 * API of the account writes under it too once it is set.
 */
export class GatewayLogs extends Construct {
  constructor(scope: Construct, on: { stage: Stage }) {
    super(scope, "gateway-logs");
    const role = new Role(this, "role", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
      ],
    });
    acknowledge(role, {
      "AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]":
        "API Gateway checks the account role against this very policy and refuses roles that lack its actions on all log groups.",
    });
    const account = new CfnAccount(this, "account", { cloudWatchRoleArn: role.roleArn });
    role.applyRemovalPolicy(on.stage.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    account.applyRemovalPolicy(on.stage.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  }
}
