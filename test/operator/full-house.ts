import { wire as wireExamine } from "#functions/audit/examine-audit.handler.ts";
import { wire as wireCustomers } from "#functions/customer/customer.handler.ts";
import { wire } from "#functions/operator/operator.handler.ts";
import { wire as wireRotations } from "#functions/operator/rotate-secrets.handler.ts";
import { movesKeys, sealedEnvelope, storeSeal } from "#functions/privacy/envelope.client.ts";
import { createdStoreKey } from "#functions/privacy/store-key.store.ts";
import { firstStoreKey } from "#functions/privacy/store-key.ts";
import { storeKeys } from "#functions/privacy/store-keys.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { tableNames, type Write } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { createdEndpoint } from "#functions/webhook/endpoint.store.ts";
import { functionFor } from "#infra/ops-command.ts";
import { named, openHouse } from "#test/customer/house.ts";
import { agentsEndpoint, storeId } from "#test/examples.ts";
import { fakeKms } from "#test/privacy/kms.ts";
import type { Shown } from "./house.ts";

type Done = Record<string, unknown> & { readonly cursor?: unknown; readonly waitSeconds?: number };
type Sent = { readonly command: string; readonly [field: string]: unknown };
type Answer = { readonly done?: Done; readonly refused?: object };

/**
 * A shop and everything of it that a command may change: keys, a session, an order, an attempt whose outcome nobody
 * knows, an agent's endpoint that nobody has proven, people under the store's key. What is written is noted.
 */
export const fullHouse = async () => {
  const kms = fakeKms();
  const keysOn = (on: Pick<Platform, "table" | "now">) => storeKeys({ ...on, wrapper: kms });
  const house = await openHouse({ verifiedDomains: ["shop.example.com"] }, (on) =>
    sealedEnvelope({ ...on, storeKeyOf: keysOn(on) }),
  );
  const { on, stripe } = house;
  const noted = { rows: [] as Write[], secrets: new Set<string>() };
  const secrets = new Map([
    ["arn:pepper", "a-pepper-of-at-least-32-characters-1"],
    ["arn:stripe", "{}"],
    ["arn:stripe-events", "{}"],
  ]);
  const read = async (arn: string) => secrets.get(arn) ?? "";
  const write = async (arn: string, text: string) => {
    noted.secrets.add(arn);
    secrets.set(arn, text);
    return true;
  };
  const platform = { ...on, table: noting(on.table, noted.rows), environment };
  const functions: Readonly<Record<string, LambdaHandler>> = {
    operator: wire({
      ...platform,
      readSecret: read,
      keyWrapper: kms,
      sealOf: (given) => storeSeal(keysOn(given)),
    }),
    customer: wireCustomers({ ...platform, envelope: house.envelope }),
    "examine-audit": wireExamine({ ...platform, publicKeys: async () => [] }),
    "rotate-secrets": wireRotations({
      ...platform,
      secrets: { read, write },
      keyWrapper: kms,
      envelopeOf: (given) => sealedEnvelope({ ...given, storeKeyOf: keysOn(given) }),
      movesKeysOf: (given) => movesKeys(given, keysOn(given)),
      prove: async () => true,
    }),
  };
  let requests = 0;
  const ask = async (command: Sent): Promise<Answer> => {
    requests += 1;
    let left = seconds(29);
    const remaining = () => {
      left -= seconds(1);
      return left;
    };
    const context = { awsRequestId: `request-${requests}`, getRemainingTimeInMillis: remaining };
    return (await functions[functionFor([command.command])]?.(command, context)) as Answer;
  };

  await on.table.commit([
    createdStoreKey(storeId, firstStoreKey(await kms.generate(storeId), on.now())),
    createdEndpoint(agentsEndpoint({ storeId })),
  ]);
  await house.bought();
  await house.begun(named("bob@canary.example", "Bob"));
  stripe.fail({ match: "POST /v1/payment_intents", kind: "timeout" });
  await house.buy(await house.begun(named("eve@canary.example", "Eve")));
  const { done: key } = await ask({ command: "issue-key", storeId, role: "agent", principal: "chat" });
  return {
    house,
    kms,
    storeId,
    key: key as unknown as Shown,
    customerId: await house.customerOf("ada@canary.example"),
    noted,
    ask,
    /** All that there is: rows, secrets, what Stripe was asked and has. */
    everything: () =>
      JSON.stringify([
        tableNames.map((name) => on.table.rows(name)),
        [...secrets],
        stripe.intents(),
        stripe.refunds(),
      ]),
    /** As the command line does. */
    untilDone: async (command: Sent): Promise<Answer> => {
      for (let from = {}; ; ) {
        const answer = await ask({ ...command, ...from });
        const { cursor, waitSeconds = 0 } = answer.done ?? {};
        if (cursor === undefined) return answer;
        on.clock.advance(seconds(waitSeconds));
        from = { cursor };
      }
    },
  };
};
export type FullHouse = Awaited<ReturnType<typeof fullHouse>>;

const environment = environmentOf({
  STAGE: "prod",
  PEPPER_SECRET_ARN: "arn:pepper",
  STRIPE_SECRET_ARN: "arn:stripe",
  STRIPE_EVENTS_SECRET_ARN: "arn:stripe-events",
  AGENT_API_URL: "https://agents.example.com",
  STORE_API_URL: "https://stores.example.com",
});

const noting = (table: MemoryTable, rows: Write[]): MemoryTable => ({
  ...table,
  commit: async (writes) => {
    await table.commit(writes);
    rows.push(...writes.filter(({ change }) => !("check" in change)));
  },
  tally: async (update) => {
    const told = await table.tally(update);
    if (told.done) rows.push(update);
    return told;
  },
});
