import { Aws } from "aws-cdk-lib";
import type { Stage as GatewayStage } from "aws-cdk-lib/aws-apigateway";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import { logGroup } from "./log-group.ts";
import { prefixOf, type Stage } from "./stage.ts";

type Rates = { readonly perAddress: number; readonly perKey: number };

/** What is refused before it costs a function call. */
export class Firewall extends Construct {
  constructor(
    scope: Construct,
    on: { name: string; stage: Stage; rates: Rates; operations: IKey; gateway: GatewayStage },
  ) {
    super(scope, "firewall");
    const name = `${prefixOf(on.stage)}-${on.name}-api`;
    const acl = new CfnWebACL(this, "acl", {
      name,
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visible(name),
      rules: rulesFor(on.rates),
    });
    new CfnWebACLAssociation(this, "association", {
      webAclArn: acl.attrArn,
      resourceArn: on.gateway.stageArn,
    });
    const logs = logGroup(this, "logs", {
      // WAF writes to groups of this prefix only.
      logGroupName: `aws-waf-logs-${name}`,
      stage: on.stage,
      encryptionKey: on.operations,
    });
    new CfnLoggingConfiguration(this, "logging", {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logs.logGroupName}`,
      ],
      redactedFields: [...unloggedHeaders.map((Name) => ({ singleHeader: { Name } })), { queryString: {} }],
      loggingFilter: onlyWhatWasRefused,
    });
  }
}

/**
 * What opens something, names somebody or is anybody's words. The path stays, or nobody could tell what was refused: what
 * it names of people is their id, which is no e-mail address but a keyed hash of one.
 */
const unloggedHeaders = [
  "authorization",
  "cookie",
  "customer-email",
  "audit-reason",
  "idempotency-key",
  "stripe-signature",
];

/** Addresses of callers who did nothing odd are not written down. */
const onlyWhatWasRefused = {
  DefaultBehavior: "DROP",
  Filters: [
    {
      Behavior: "KEEP",
      Requirement: "MEETS_ANY",
      Conditions: [{ ActionCondition: { Action: "BLOCK" } }, { ActionCondition: { Action: "COUNT" } }],
    },
  ],
};

const rulesFor = (rates: Rates): CfnWebACL.RuleProperty[] => [
  limit("address", 0, { limit: rates.perAddress, aggregateKeyType: "IP" }),
  limit("license-key", 1, {
    limit: rates.perKey,
    aggregateKeyType: "CUSTOM_KEYS",
    customKeys: [{ header: { name: "authorization", textTransformations: [{ priority: 0, type: "NONE" }] } }],
  }),
  managed("AWSManagedRulesAmazonIpReputationList", 2),
  managed("AWSManagedRulesKnownBadInputsRuleSet", 3),
  // Ordinary servers send no user agent and carts of 8 kB: our own limit is 64 kB, so both are counted only.
  managed("AWSManagedRulesCommonRuleSet", 4, ["SizeRestrictions_BODY", "NoUserAgent_HEADER"]),
];

const limit = (
  name: string,
  priority: number,
  by: CfnWebACL.RateBasedStatementProperty,
): CfnWebACL.RuleProperty => ({
  name: `rate-by-${name}`,
  priority,
  action: { block: {} },
  statement: { rateBasedStatement: { evaluationWindowSec: 300, ...by } },
  visibilityConfig: visible(`rate-by-${name}`),
});

const managed = (
  name: string,
  priority: number,
  countOnly: readonly string[] = [],
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name,
      ruleActionOverrides: countOnly.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: visible(name),
});

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  // Samples hold whole requests, keys included.
  sampledRequestsEnabled: false,
});
