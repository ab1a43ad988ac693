import { wire } from "#functions/acp/acp.handler.ts";
import type { CheckoutSession } from "#functions/acp/session.ts";
import type { Store } from "#functions/store/store.ts";
import { aCaller, aProduct, aStore } from "#test/examples.ts";
import { type ApiAnswer, type ApiCall, callApi } from "#test/fakes/api-event.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { stockShop } from "#test/fakes/memory-shop.ts";

/** A session or an error: tests say which they expect. */
export type Answered = Omit<ApiAnswer, "body"> & {
  body: CheckoutSession & { type: string; code: string; param?: string };
};

/** An agent that talks to the façade as it is deployed, on memory; workflows are only noted. */
export const anAgent = async (store: Partial<Store> = {}) => {
  const platform = memoryPlatform({
    environment: { AGENT_API_URL: "https://agents.example", CHECKOUT_WORKFLOW_ARN: "arn:checkout" },
  });
  const completions: { workflow: string; input: unknown }[] = [];
  await stockShop(
    platform,
    [
      { ...aProduct(), available: 10 },
      { ...aProduct({ id: "song", digital: true, unitAmount: 100 }), available: null },
    ],
    aStore(store),
  );
  const handler = wire({
    ...platform,
    envelope: fakeEnvelope(platform.table),
    workflows: {
      start: async () => undefined,
      run: async (workflow, input) => {
        completions.push({ workflow, input });
        return { run: "failed" };
      },
    },
  });
  let keys = 0;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: ApiCall = {},
  ): Promise<Answered> => {
    keys += 1;
    return (await callApi(handler, {
      method,
      path,
      body,
      caller: aCaller(),
      ...more,
      headers: { "API-Version": "2026-04-17", "Idempotency-Key": `key-${keys}`, ...more.headers },
    })) as unknown as Answered;
  };
  const create = (body: unknown, more?: ApiCall) => call("POST", "/checkout_sessions", body, more);
  return {
    platform,
    completions,
    call,
    create,
    /** The path of a new session. */
    begun: async () => `/checkout_sessions/${(await create({ line_items })).body.id}`,
    /** What anybody may ask for. */
    ask: (path: string) => callApi(handler, { path, caller: null }),
  };
};
export type Agent = Awaited<ReturnType<typeof anAgent>>;

export const line_items = [{ id: "mug-blue", quantity: 2 }];
export const buyer = { email: "ada@canary.example", first_name: "Ada" };
export const fulfillment_details = {
  name: "Ada Canary",
  address: {
    name: "Ada Canary",
    line_one: "Kanarienweg 1",
    city: "Berlin",
    country: "DE",
    postal_code: "10115",
  },
};
