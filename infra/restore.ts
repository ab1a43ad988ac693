import { Aws, CfnOutput } from "aws-cdk-lib";
import { PolicyDocument, type PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { copied } from "#functions/restore/copy.ts";
import type { TableName } from "#functions/runtime/table.ts";
import { acknowledge, stars } from "./acknowledge.ts";
import type { Service } from "./data-stack.ts";
import { grant } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import { taggedPerson } from "./person.ts";
import { may } from "./release/role.ts";
import { helpers } from "./restore/deployed.ts";
import { prefixOf, type Stage } from "./stage.ts";

/**
 * Two halves, so that nobody has both: a function that reads copies and puts back what is missing, but can make, stop and
 * remove nothing; and a role for people that makes copies and stops the service, but reaches no row of it.
 */
export class Restore extends Construct {
  constructor(scope: Construct, on: Service) {
    super(scope, "restore");
    const { data, stage } = on;
    const reader = new Lambda(this, "restore/restore", {
      on,
      timeoutSeconds: 60,
      memoryMegabytes: 1024,
      grants: [
        // How far it is, the fences of stores, the switch of tokens: what is shut comes back shut.
        data.access.may("get", "put", "update", "delete"),
        data.audit.may("list", "get", "put"),
        data.commerce.may("put"),
        data.erasures.may("list", "get", "query"),
        data.outbox.may("query", "put", "update"),
        data.people.may("put", "delete"),
        data.webhooks.may("put"),
        grant(["dynamodb:Scan"], copiesIn(stage)),
        // Whoever was erased is destroyed in the copy before a row of it is read.
        grant(["dynamodb:DeleteItem"], [copyOf(stage, "people")]),
      ],
    });
    acknowledge(reader, stars(copiesIn(stage), copies));
    const role = restorer(this, on);
    new CfnOutput(this, "restorers", { value: role.roleArn });
  }
}

const arn = (service: string, name: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`;
const copyOf = (stage: Stage, table: TableName) =>
  arn("dynamodb", `table/${prefixOf(stage)}-${table}-restored-*`);
const copiesIn = (stage: Stage): readonly string[] => copied.map((table) => copyOf(stage, table));
const functionsIn = (stage: Stage) => arn("lambda", `function:${prefixOf(stage)}-*`);
const rulesIn = (stage: Stage) => arn("events", `rule/${prefixOf(stage)}-*`);
const mappings = arn("lambda", "event-source-mapping:*");

const copies = "A copy's name ends with the moment that it shows; nothing else is called so.";

const restorer = (scope: Construct, { stage, data }: Service): Role => {
  const role = new Role(scope, "restorer", {
    assumedBy: taggedPerson("restorer"),
    inlinePolicies: {
      grants: new PolicyDocument({ statements: [...copying(stage, data), ...stopping(stage)] }),
    },
  });
  const own = "A restore stops and starts every function and schedule of its stage, and nothing of another.";
  acknowledge(role, {
    ...stars(copiesIn(stage), copies),
    ...stars([functionsIn(stage), rulesIn(stage)], own),
    ...stars(
      ["*", mappings],
      "Event sources have ids, not names, and are listed by no resource; a condition names their functions.",
    ),
  });
  return role;
};

/** AWS fills a copy in the name of who asks for it, and so demands these on the copy, never on the table. */
const filling = ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"];

const copying = (stage: Stage, data: Service["data"]): PolicyStatement[] => [
  may(
    ["dynamodb:RestoreTableToPointInTime"],
    copied.map((name) => data[name].arn),
  ),
  may(
    ["DescribeTable", "DeleteTable", ...filling].map((action) => `dynamodb:${action}`),
    copiesIn(stage),
  ),
];

const stopping = (stage: Stage): PolicyStatement[] => [
  may(["lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"], [functionsIn(stage)]),
  may(
    ["lambda:InvokeFunction"],
    helpers.map((id) => arn("lambda", `function:${prefixOf(stage)}-${id}`)),
  ),
  may(["events:DisableRule", "events:EnableRule"], [rulesIn(stage)]),
  may(["lambda:UpdateEventSourceMapping"], [mappings], {
    ArnLike: { "lambda:FunctionArn": functionsIn(stage) },
  }),
  may(["lambda:ListEventSourceMappings"], ["*"]),
];
