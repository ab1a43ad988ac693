import { createHash } from "node:crypto";
import { account, arn, type Json, NotEmbedded } from "./aws.ts";

/** How a type of resource is named: what `Ref` and `Fn::GetAtt` give. */
type Identity = {
  readonly ref: (of: Named) => string;
  readonly arn?: (of: Named) => string;
  readonly attributes?: Readonly<Record<string, (of: Named) => string>>;
};
type Named = { readonly name: string; readonly id: string; readonly place: Place };
/** Where this cloud listens; asked for only when a URL is needed. */
export type Place = { readonly frontUrl: () => string };
type Property = (name: string) => Json;
type Whose = { readonly stack: string; readonly id: string; readonly type: string };

/** What stands between logical and physical name: the property that a template may set. */
const nameProperties = [
  "TableName",
  "FunctionName",
  "RoleName",
  "StateMachineName",
  "QueueName",
  "TopicName",
  "LogGroupName",
  "AliasName",
  "AlarmName",
  "StageName",
  "Name",
] as const;

export const referenceOf = (resource: Whose, property: Property, place: Place): string =>
  identityOf(resource).ref(named(resource, property, place));

export const attributeOf = (resource: Whose, attribute: string, property: Property, place: Place): string => {
  const identity = identityOf(resource);
  const give = attribute === "Arn" ? identity.arn : identity.attributes?.[attribute];
  if (!give) throw new NotEmbedded(`${resource.type} ${resource.id}: attribute ${attribute}`);
  return give(named(resource, property, place));
};

/** A short id that stays the same from one start to the next, as `--data` needs it. */
export const stableId = (text: string, length = 10): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

const named = (resource: Whose, property: Property, place: Place): Named => {
  const given = nameProperties.map(property).find((value) => typeof value === "string");
  const name = typeof given === "string" ? given : `${resource.stack}-${resource.id}`;
  return { name, id: stableId(`${resource.stack}/${resource.id}`), place };
};

const identityOf = (resource: Whose): Identity => {
  const identity = identities[resource.type];
  if (!identity) throw new NotEmbedded(`resource type ${resource.type} (${resource.stack}/${resource.id})`);
  return identity;
};

const name = (of: Named): string => of.name;
const id = (of: Named): string => of.id;
const uuid = (of: Named): string => stableId(of.id, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

const tableArn = (of: Named) => arn("dynamodb", `table/${of.name}`);
const functionArn = (of: Named) => arn("lambda", `function:${of.name}`);
const roleArn = (of: Named) => `arn:aws:iam::${account}:role/${of.name}`;
const machineArn = (of: Named) => arn("states", `stateMachine:${of.name}`);
const queueArn = (of: Named) => arn("sqs", of.name);
const queueUrl = (of: Named) => `${of.place.frontUrl()}/${account}/${of.name}`;
const keyArn = (of: Named) => arn("kms", `key/${uuid(of)}`);
/** AWS adds six characters to a secret's name; policies have to reckon with them. */
const secretArn = (of: Named) => arn("secretsmanager", `secret:${of.name}-${of.id.slice(0, 6)}`);
const topicArn = (of: Named) => arn("sns", of.name);
const plain = (service: string, kind: string): Identity => ({
  ref: name,
  arn: (of) => arn(service, `${kind}${of.name}`),
  attributes: { Id: id, Name: name },
});

const table: Identity = {
  ref: name,
  arn: tableArn,
  attributes: { StreamArn: (of) => `${tableArn(of)}/stream/local` },
};

export const identities: Readonly<Record<string, Identity>> = {
  "AWS::DynamoDB::Table": table,
  "AWS::DynamoDB::GlobalTable": table,
  "AWS::Lambda::Function": { ref: name, arn: functionArn },
  "AWS::Lambda::EventSourceMapping": { ref: id },
  "AWS::Lambda::EventInvokeConfig": { ref: id },
  "AWS::Lambda::Permission": { ref: id },
  "AWS::IAM::Role": { ref: name, arn: roleArn, attributes: { RoleId: id } },
  "AWS::IAM::Policy": { ref: name },
  "AWS::IAM::ManagedPolicy": { ref: (of) => `arn:aws:iam::${account}:policy/${of.name}` },
  "AWS::StepFunctions::StateMachine": { ref: machineArn, arn: machineArn, attributes: { Name: name } },
  "AWS::ApiGateway::RestApi": { ref: id, attributes: { RootResourceId: (of) => `root-${of.id}` } },
  "AWS::ApiGateway::Resource": { ref: id },
  "AWS::ApiGateway::Method": { ref: id },
  "AWS::ApiGateway::Deployment": { ref: id },
  "AWS::ApiGateway::Stage": { ref: name },
  "AWS::ApiGateway::Authorizer": { ref: id, attributes: { AuthorizerId: id } },
  "AWS::ApiGateway::GatewayResponse": { ref: id },
  "AWS::ApiGateway::RequestValidator": { ref: id },
  "AWS::ApiGateway::Account": { ref: id },
  "AWS::Events::EventBus": {
    ref: name,
    arn: (of) => arn("events", `event-bus/${of.name}`),
    attributes: { Name: name },
  },
  "AWS::Events::Rule": { ref: name, arn: (of) => arn("events", `rule/${of.name}`) },
  "AWS::Scheduler::Schedule": plain("scheduler", "schedule/default/"),
  "AWS::Scheduler::ScheduleGroup": plain("scheduler", "schedule-group/"),
  "AWS::SQS::Queue": {
    ref: queueUrl,
    arn: queueArn,
    attributes: { QueueName: name, QueueUrl: queueUrl },
  },
  "AWS::KMS::Key": { ref: uuid, arn: keyArn, attributes: { KeyId: uuid } },
  "AWS::KMS::Alias": { ref: name },
  "AWS::SecretsManager::Secret": { ref: secretArn, attributes: { Id: secretArn } },
  "AWS::SNS::Topic": { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } },
  "AWS::Logs::LogGroup": plain("logs", "log-group:"),
  "AWS::WAFv2::WebACL": plain("wafv2", "regional/webacl/"),
  "AWS::CloudWatch::Alarm": plain("cloudwatch", "alarm:"),
};

/** Types that a laptop can do without; each is looked after where it says. */
const withoutEngine: Readonly<Record<string, string>> = {
  "AWS::CDK::Metadata": "says which constructs were used",
  "AWS::ApiGateway::Account": "the API's role for logs",
  "AWS::ApiGateway::DomainName": "names and certificates: real-aws.test.ts",
  "AWS::ApiGateway::BasePathMapping": "names and certificates: real-aws.test.ts",
  "AWS::ApiGateway::UsagePlan": "throttles: real-aws.test.ts",
  "AWS::Backup::BackupVault": "backups: the restore drill copies the table file",
  "AWS::Backup::BackupPlan": "backups",
  "AWS::Backup::BackupSelection": "backups",
  "AWS::CertificateManager::Certificate": "names and certificates",
  "AWS::CloudWatch::Alarm": "alarms",
  "AWS::CloudWatch::CompositeAlarm": "alarms",
  "AWS::CloudWatch::Dashboard": "dashboards",
  "AWS::Events::Archive": "replay comes from the outbox",
  "AWS::KMS::Alias": "resolved from the template by kms.ts",
  "AWS::Lambda::LayerVersion": "handlers run from source",
  "AWS::Logs::LogGroup": "logs go to one file",
  "AWS::Logs::MetricFilter": "metrics",
  "AWS::Logs::QueryDefinition": "queries",
  "AWS::Logs::ResourcePolicy": "resource policies: real-aws.test.ts",
  "AWS::Logs::SubscriptionFilter": "logs go to one file",
  "AWS::Route53::RecordSet": "names and certificates",
  "AWS::SNS::Subscription": "alarms",
  "AWS::SNS::Topic": "alarms",
  "AWS::SNS::TopicPolicy": "alarms",
  "AWS::SQS::QueuePolicy": "resource policies: real-aws.test.ts",
  "AWS::SecretsManager::ResourcePolicy": "resource policies: real-aws.test.ts",
  "AWS::SecretsManager::RotationSchedule": "rotation",
  "AWS::WAFv2::LoggingConfiguration": "the firewall: real-aws.test.ts",
  "AWS::WAFv2::WebACL": "the firewall: real-aws.test.ts",
  "AWS::WAFv2::WebACLAssociation": "the firewall: real-aws.test.ts",
  "AWS::XRay::Group": "tracing",
  "AWS::XRay::ResourcePolicy": "tracing",
};

/** Throws for a resource that nothing here boots, so that what is added to the app is not silently missing. */
export const assertEmbedded = (resource: Whose): void => {
  if (!(resource.type in withoutEngine)) identityOf(resource);
};
