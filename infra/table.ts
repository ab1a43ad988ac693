import { RemovalPolicy } from "aws-cdk-lib";
import { CfnTable } from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { TableName } from "#functions/runtime/table.ts";
import { type Grant, grant } from "./grant.ts";
import { prefixOf, type Stage } from "./stage.ts";

/** `list` and `due` query the index of that name; a write in a transaction asks for the verb of its kind. */
const actionOf = {
  get: "dynamodb:GetItem",
  query: "dynamodb:Query",
  list: "dynamodb:Query",
  due: "dynamodb:Query",
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  delete: "dynamodb:DeleteItem",
  check: "dynamodb:ConditionCheckItem",
} as const;
export type Verb = keyof typeof actionOf;

type Props = {
  readonly stage: Stage;
  readonly key: IKey;
  readonly stream?: boolean;
  /** How far back a restore reaches; the less, the sooner an erased person is gone from it too. */
  readonly recoveryDays?: number;
};

/** A table as `functions/runtime/table.ts` expects it: `pk`, `sk`, a time to live and two sparse indexes. */
export class Table extends Construct {
  readonly cfn: CfnTable;
  readonly #name: TableName;

  constructor(scope: Construct, name: TableName, props: Props) {
    super(scope, name);
    this.#name = name;
    this.cfn = new CfnTable(this, "table", {
      tableName: `${prefixOf(props.stage)}-${name}`,
      billingMode: "PAY_PER_REQUEST",
      ...keysAndIndexes,
      timeToLiveSpecification: { attributeName: "expiresAtSeconds", enabled: true },
      sseSpecification: { sseEnabled: true, sseType: "KMS", kmsMasterKeyId: props.key.keyArn },
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: props.recoveryDays ?? 35,
      },
      deletionProtectionEnabled: props.stage.keep,
      ...(props.stream ? { streamSpecification: { streamViewType: "KEYS_ONLY" } } : {}),
    });
    this.cfn.applyRemovalPolicy(props.stage.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  }

  get arn(): string {
    return this.cfn.attrArn;
  }

  get streamArn(): string {
    return this.cfn.attrStreamArn;
  }

  /** Permission for exactly these verbs, and the table's name in `TABLE_…`. */
  may(...verbs: readonly Verb[]): Grant {
    const actions = [...new Set(verbs.filter((verb) => !isIndex(verb)).map((verb) => actionOf[verb]))];
    const indexes = verbs.filter(isIndex).map((verb) => `${this.arn}/index/${verb}`);
    const environment = { [`TABLE_${this.#name.toUpperCase()}`]: this.cfn.ref };
    return {
      statements: [
        ...(actions.length > 0 ? grant(actions, [this.arn]).statements : []),
        ...(indexes.length > 0 ? grant(["dynamodb:Query"], indexes).statements : []),
      ],
      environment,
    };
  }
}

const isIndex = (verb: Verb): verb is "list" | "due" => verb === "list" || verb === "due";

const index = (hash: string, range: string) => ({
  indexName: hash,
  keySchema: [
    { attributeName: hash, keyType: "HASH" },
    { attributeName: range, keyType: "RANGE" },
  ],
  projection: { projectionType: "KEYS_ONLY" },
});

const keysAndIndexes = {
  attributeDefinitions: [
    { attributeName: "pk", attributeType: "S" },
    { attributeName: "sk", attributeType: "S" },
    { attributeName: "due", attributeType: "S" },
    { attributeName: "dueAt", attributeType: "N" },
    { attributeName: "list", attributeType: "S" },
    { attributeName: "listAt", attributeType: "N" },
  ],
  keySchema: [
    { attributeName: "pk", keyType: "HASH" },
    { attributeName: "sk", keyType: "RANGE" },
  ],
  globalSecondaryIndexes: [index("due", "dueAt"), index("list", "listAt")],
};
