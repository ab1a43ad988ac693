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
 * How many keys there have been of a kind that is replaced by hand: KMS turns the others' material by itself. Raising a
 * number makes a new key, which wraps or signs from then on; the former ones open and verify what they made.
 */
export const generations = { people: 1, seals: 1 } as const;
type Generations = Readonly<Record<keyof typeof generations, number>>;

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
  readonly #former: Readonly<Record<keyof Generations, readonly Key[]>>;

  constructor(scope: Construct, on: { stage: Stage; generations?: Generations }) {
    super(scope, "keys");
    this.records = keyFor(this, "records", on.stage, [
      forAccountThrough("dynamodb"),
      forAccountThrough("secretsmanager"),
    ]);
    const { people, seals } = on.generations ?? generations;
    const [person, ...formerPeople] = named("people", people, (name) =>
      keyFor(this, name, on.stage, [forAccountThrough("dynamodb")]),
    );
    this.people = person;
    this.operations = keyFor(this, "operations", on.stage, [
      forLogs(on.stage),
      forService("events.amazonaws.com"),
      forService("cloudwatch.amazonaws.com"),
    ]);
    // KMS turns no signing keys: a new one is a new key, and what the old one signed is verified by the old one.
    const [seal, ...formerSeals] = named(
      "seals",
      seals,
      (name) =>
        new Key(this, name, {
          ...keptAs(name, on.stage),
          keySpec: KeySpec.ECC_NIST_P256,
          keyUsage: KeyUsage.SIGN_VERIFY,
          policy: new PolicyDocument({ statements: [administration()] }),
        }),
    );
    this.seals = seal;
    this.#former = { people: formerPeople, seals: formerSeals };
  }

  /** The sealer's alone: a role that writes records must not have it. */
  sign(): Grant {
    return grant(["kms:Sign"], [this.seals.keyArn], { SEALS_KEY_ARN: this.seals.keyArn });
  }

  /** By which anybody may check what was signed. */
  readPublicKey(): Grant {
    const arns = this.#arnsOf("seals");
    return grant(["kms:GetPublicKey"], arns, { SEALS_KEY_ARN: this.seals.keyArn, ...former("SEALS", arns) });
  }

  #arnsOf(kind: keyof Generations): string[] {
    return [this[kind], ...this.#former[kind]].map(({ keyArn }) => keyArn);
  }

  /** Opens store keys. */
  unwrap(): Grant {
    const arns = this.#arnsOf("people");
    const { statements, environment } = this.#forStores("kms:Decrypt", arns);
    return { statements, environment: { ...environment, ...former("PEOPLE", arns) } };
  }

  /** Takes store keys over from former keys. */
  rewrap(): Grant {
    return this.#forStores("kms:Encrypt");
  }

  /** Makes the key of a new store. */
  wrap(): Grant {
    return this.#forStores("kms:GenerateDataKey");
  }

  /** Only in the name of a store: the envelope binds each store's key to its id. */
  #forStores(action: string, arns: string[] = [this.people.keyArn]): Grant {
    const statement = new PolicyStatement({
      actions: [action],
      resources: arns,
      conditions: { "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": ["storeId"] } },
    });
    return { statements: [statement], environment: { PEOPLE_KEY_ARN: this.people.keyArn } };
  }
}

/** Newest first; the first of all has no number. */
const named = (kind: string, count: number, make: (name: string) => Key): [Key, ...Key[]] => {
  const keys = Array.from({ length: count }, (_, nth) => make(nth === 0 ? kind : `${kind}-${nth + 1}`));
  return keys.toReversed() as [Key, ...Key[]];
};

const former = (kind: string, [, ...arns]: readonly string[]): Readonly<Record<string, string>> =>
  arns.length === 0 ? {} : { [`FORMER_${kind}_KEY_ARNS`]: arns.join(" ") };

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
