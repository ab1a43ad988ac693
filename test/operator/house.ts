import { wire as authorizer } from "#functions/access/authorize.handler.ts";
import { wire } from "#functions/operator/operator.handler.ts";
import { wire as wireRotations } from "#functions/operator/rotate-secrets.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import { tableNames } from "#functions/runtime/table.ts";
import { StoreId } from "#functions/values/id.ts";
import { createdEndpoint } from "#functions/webhook/endpoint.store.ts";
import { functionFor } from "#infra/ops-command.ts";
import { agentsEndpoint } from "#test/examples.ts";
import { fakeEnvelope, fakeKeyWrapper, fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { someSettings } from "#test/store/a-store.ts";

export type Shown = { key: string; keyId: string; principalId: string; expiresAt?: string };
type Answer = { done?: Record<string, unknown>; refused?: { code: string; text: string; param?: string } };

/** Whether the authorizer lets a key in. */
export const getsThrough =
  (check: LambdaHandler) =>
  (key: string): Promise<boolean> =>
    check(
      {
        methodArn: "arn:aws:execute-api:r:0:a/api/GET/x",
        multiValueHeaders: { Authorization: [`Bearer ${key}`] },
      },
      aContext(),
    ).then(
      () => true,
      () => false,
    );

/** The operator's function on the memory table, with the authorizer beside it. */
export const operator = (stage = "local") => {
  const platform = memoryPlatform();
  const environment = environmentOf({
    STAGE: stage,
    PEPPER_SECRET_ARN: "arn:pepper",
    STRIPE_SECRET_ARN: "arn:stripe",
    STRIPE_EVENTS_SECRET_ARN: "arn:stripe-events",
    AGENT_API_URL: "https://agents.example.com",
    STORE_API_URL: "https://stores.example.com",
  });
  const secret = { text: "a-pepper-of-at-least-32-characters-1" };
  const on = { ...platform, environment, readSecret: async () => secret.text };
  const stripe = new Map([
    ["arn:stripe", "{}"],
    ["arn:stripe-events", "{}"],
  ]);
  const secrets = {
    read: async (arn: string) => stripe.get(arn) ?? secret.text,
    write: async (arn: string, text: string) => {
      if (stripe.has(arn)) stripe.set(arn, text);
      else secret.text = text;
      return true;
    },
  };
  const handler = wire({ ...on, keyWrapper: fakeKeyWrapper, sealOf: fakeStoreSeal });
  const rotates = wireRotations({
    ...on,
    secrets,
    keyWrapper: { ...fakeKeyWrapper, rewrap: async () => Uint8Array.of(1) },
    envelopeOf: ({ table }) => fakeEnvelope(table),
    movesKeysOf: () => async () => [],
    prove: async () => true,
  });
  const check = authorizer(on);
  let asked = 0;
  return {
    on: platform,
    ask: async (command: object) => {
      asked += 1;
      const { command: name } = command as { command?: string };
      const knowing = functionFor([name ?? ""]) === "rotate-secrets" ? rotates : handler;
      return (await knowing(command, { ...aContext(), awsRequestId: `request-${asked}` })) as Answer;
    },
    /** All that a command can change. */
    holds: () => [...tableNames.map((name) => platform.table.rows(name)), [...stripe], secret.text],
    /** Whether a key gets through the authorizer. */
    works: getsThrough(check),
  };
};

export const aNewStore = (change: object = {}) => ({
  ...someSettings(),
  reference: "mugs",
  livemode: false,
  domain: "shop.example.com",
  ...change,
});

/** With an agent's endpoint that nobody has proven. */
export const opened = async (house = operator()) => {
  const { done } = await house.ask({ command: "create-store", store: aNewStore() });
  const storeId = StoreId.parse(done?.["storeId"]);
  await house.on.table.commit([createdEndpoint(agentsEndpoint({ storeId }))]);
  return { house, done, storeId, key: done?.["key"] as Shown };
};
