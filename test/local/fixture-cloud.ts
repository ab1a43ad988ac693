import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, type CloudOptions, startCloud } from "#infra/local/cloud.ts";
import { synthesize } from "#infra/local/synth.ts";

const root = join(import.meta.dirname, "../..");

export const temporary = (): string => mkdtempSync(join(tmpdir(), "fixture-cloud-"));

/** The fixture app's templates, in a directory of their own. */
export const fixtureAssembly = async (): Promise<string> => {
  const directory = temporary();
  await synthesize("test/local/fixture-app.ts", directory, root);
  return directory;
};

export const fixtureCloud = async (options: CloudOptions = {}): Promise<Cloud> =>
  startCloud({ schedules: false, assembly: options.assembly ?? (await fixtureAssembly()), ...options });

export const probe = "test/local/fixture/probe";

/** What is in the fixture's table under a key. */
export const row = async (cloud: Cloud, pk: string, sk: string) => {
  const answer = await fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      "x-amz-target": "DynamoDB_20120810.GetItem",
      authorization: `AWS4-HMAC-SHA256 Credential=${cloud.operator.accessKeyId}/20260101/us-east-1/dynamodb/aws4_request`,
    },
    body: JSON.stringify({ TableName: "fixture-notes", Key: { pk: { S: pk }, sk: { S: sk } } }),
  });
  const { Item } = (await answer.json()) as { Item?: Record<string, { S?: string; N?: string }> };
  return (
    Item &&
    Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.S ?? Number(value.N)]))
  );
};
