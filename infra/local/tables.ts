import { type JsonObject, NotEmbedded } from "./aws.ts";
import type { Assembly, Resource } from "./template.ts";

/** Calls the DynamoDB engine itself, past the front: nobody's role is asked. */
export type Engine = (target: string, body: JsonObject) => Promise<JsonObject>;

/** A table of the template, as the other engines need to know it. */
export type BootedTable = {
  readonly name: string;
  readonly arn: string;
  readonly keyNames: readonly string[];
  /** The key that encrypts it, when it is the customer's. */
  readonly kmsKeyArn: string | undefined;
  /** The stream's ARN in the engine, for tables that have one. */
  readonly engineStream: string | undefined;
  /** Whether the table was there already, from `--data`. */
  readonly restored: boolean;
};

type TableProperties = {
  readonly KeySchema: readonly { AttributeName: string }[];
  readonly StreamSpecification?: { readonly StreamViewType: string };
  readonly TimeToLiveSpecification?: { readonly Enabled?: boolean };
  readonly SSESpecification?: { readonly KMSMasterKeyId?: string };
};
type Description = { readonly Table?: { readonly LatestStreamArn?: string } };

export const engineAt =
  (endpoint: string): Engine =>
  async (target, body) => {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: { ...signed, "x-amz-target": target },
      body: JSON.stringify(body),
    });
    const said = (await answer.json()) as JsonObject;
    if (!answer.ok) throw new Error(`${target}: ${String(said["__type"])} ${String(said["message"])}`);
    return said;
  };

/** Engines want a signature to be there; none of them checks it. */
export const signed = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "20260101T000000Z",
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local",
} as const;

export const dynamo = (action: string): string => `DynamoDB_20120810.${action}`;

/** Creates each table of the templates that the engine does not hold yet. */
export const bootTables = (assembly: Assembly, engine: Engine): Promise<readonly BootedTable[]> => {
  const [global] = assembly.ofType("AWS::DynamoDB::GlobalTable");
  if (global) throw new NotEmbedded(`${global.id}: a GlobalTable; use AWS::DynamoDB::Table`);
  return Promise.all(
    assembly.ofType("AWS::DynamoDB::Table").map((each) => bootTable(assembly, engine, each)),
  );
};

const bootTable = async (assembly: Assembly, engine: Engine, resource: Resource): Promise<BootedTable> => {
  const properties = assembly.properties<TableProperties>(resource);
  const name = assembly.ref(resource);
  const existing = await engine(dynamo("ListTables"), {});
  const restored = (existing["TableNames"] as string[]).includes(name);
  if (!restored) await createTable(engine, name, assembly.properties<JsonObject>(resource));
  const described = (await engine(dynamo("DescribeTable"), { TableName: name })) as Description;
  return {
    name,
    arn: assembly.attribute(resource, "Arn"),
    keyNames: properties.KeySchema.map((each) => each.AttributeName),
    kmsKeyArn: properties.SSESpecification?.KMSMasterKeyId,
    engineStream: properties.StreamSpecification && described.Table?.LatestStreamArn,
    restored,
  };
};

const createTable = async (engine: Engine, name: string, properties: JsonObject): Promise<void> => {
  const stream = properties["StreamSpecification"] as JsonObject | undefined;
  await engine(dynamo("CreateTable"), {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    ...pick(properties, ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"]),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, ...stream } } : {}),
  });
  const timeToLive = properties["TimeToLiveSpecification"];
  if (timeToLive)
    await engine(dynamo("UpdateTimeToLive"), { TableName: name, TimeToLiveSpecification: timeToLive });
};

const pick = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])));
