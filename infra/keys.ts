import { Aws, Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  AccountRootPrincipal,
  AnyPrincipal,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Key, type KeyProps, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { type Grant, grant } from "./grant.ts";
import { prefixOf, type Stage } from "./stage.ts";

/**
 * Three keys by who may ever read: `records` what the shop knows, `people` who its buyers are, `operations` what
 * it takes to run it. Losing `people` makes every person unreadable and leaves the books intact. A fourth signs the
 * audit's seals and opens nothing.
 */
export class Keys extends Construct {
  readonly records: Key;
  readonly people: Key;
  readonly operations: Key;
  readonly seals: Key;

  constructor(scope: Construct, on: { stage: Stage }) {
    super(scope, "keys");
    this.records = keyFor(this, "records", on.stage, [
      forAccountThrough("dynamodb"),
      forAccountThrough("secretsmanager"),
    ]);
    this.people = keyFor(this, "people", on.stage, [forAccountThrough("dynamodb")]);
    this.operations = keyFor(this, "operations", on.stage, [
      forLogs(on.stage),
      forService("events.amazonaws.com"),
      forService("cloudwatch.amazonaws.com"),
    ]);
    // KMS turns no signing keys: a new one is a new key, and what the old one signed is verified by the old one.
    this.seals = new Key(this, "seals", {
      ...keptAs("seals", on.stage),
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      policy: new PolicyDocument({ statements: [administration()] }),
    });
  }

  /** The sealer's alone: a role that writes records must not have it. */
  sign(): Grant {
    return this.#forSeals("kms:Sign");
  }

  /** By which anybody may check what was signed. */
  readPublicKey(): Grant {
    return this.#forSeals("kms:GetPublicKey");
  }

  #forSeals(action: string): Grant {
    return grant([action], [this.seals.keyArn], { SEALS_KEY_ARN: this.seals.keyArn });
  }

  /** Opens store keys. */
  unwrap(): Grant {
    return this.#forStores("kms:Decrypt");
  }

  /** Makes the key of a new store. */
  wrap(): Grant {
    return this.#forStores("kms:GenerateDataKey");
  }

  /** Only in the name of a store: the envelope binds each store's key to its id. */
  #forStores(action: string): Grant {
    const statement = new PolicyStatement({
      actions: [action],
      resources: [this.people.keyArn],
      conditions: { "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": ["storeId"] } },
    });
    return { statements: [statement], environment: { PEOPLE_KEY_ARN: this.people.keyArn } };
  }
}

const keyFor = (scope: Construct, name: string, stage: Stage, statements: readonly PolicyStatement[]): Key =>
  new Key(scope, name, {
    ...keptAs(name, stage),
    enableKeyRotation: true,
    rotationPeriod: Duration.days(180),
    policy: new PolicyDocument({ statements: [administration(), ...statements] }),
  });

const keptAs = (name: string, stage: Stage): KeyProps => ({
  alias: `alias/${prefixOf(stage)}-${name}`,
  description: `${prefixOf(stage)}: ${name}`,
  pendingWindow: Duration.days(stage.keep ? 30 : 7),
  removalPolicy: stage.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
});

/** Without it nobody could ever change the key's policy again; IAM decides who in the account may. */
export const administration = (): PolicyStatement =>
  new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: ["kms:*"], resources: ["*"] });

const use = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"];
const reEncrypt = ["kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"];

/** Whoever may use a table or a secret may use its key, but only through that service. */
const forAccountThrough = (service: string): PolicyStatement =>
  new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: [...use, ...reEncrypt, "kms:CreateGrant"],
    resources: ["*"],
    conditions: {
      StringEquals: {
        "kms:CallerAccount": Aws.ACCOUNT_ID,
        "kms:ViaService": `${service}.${Aws.REGION}.amazonaws.com`,
      },
    },
  });

/** CloudWatch Logs is one service a region, and names the log group in the encryption context. */
export const forLogs = (stage: Stage): PolicyStatement => {
  const group = (name: string) =>
    `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${name}`;
  return new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
    actions: [...use, ...reEncrypt],
    resources: ["*"],
    conditions: {
      ArnLike: {
        "kms:EncryptionContext:aws:logs:arn": [
          group(`/aws/*/${prefixOf(stage)}-*`),
          group(`aws-waf-logs-${prefixOf(stage)}-*`),
          group("API-Gateway-Execution-Logs_*"),
        ],
      },
    },
  });
};

const forService = (service: string): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
    resources: ["*"],
    conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
  });
