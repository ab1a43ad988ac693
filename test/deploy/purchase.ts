import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { aBuyer, acpAgent, totalOf } from "#infra/local/demo/agent.ts";
import { grantToken } from "#infra/local/demo/demo.ts";
import { registerEndpoint } from "#infra/local/demo/endpoint.ts";
import { receiveWebhooks } from "#infra/local/demo/receiver.ts";
import { callStore, type Shop } from "#infra/local/demo/shop.ts";
import type { EmbeddedStripe } from "#infra/local/stripe/start-stripe.ts";

type Purchase = {
  readonly agentApi: string;
  readonly storeApi: string;
  readonly stripe: EmbeddedStripe;
  readonly shop: Shop;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

type Order = {
  readonly status: string;
  readonly total: number;
  readonly payment: { readonly state: string };
};

/** An agent buys; the order is confirmed, the money taken, and the integration has verified every webhook. */
export const buyOnce = async (on: Purchase): Promise<void> => {
  const { storeApi, shop, say } = on;
  await refusesStrangers(on);
  const integration = await listen(on);
  try {
    const { orderId, total } = await buy(on);
    await until(on.signal, "order.confirmed at the webhook receiver", () =>
      integration.heard.has("order.confirmed"),
    );
    const order = await callStore<Order>(storeApi, shop.integrationKey, "GET", `/orders/${orderId}`);
    assert.deepEqual([order.status, order.total, order.payment.state], ["confirmed", total, "captured"]);
    const taken = on.stripe.state.all("intent").filter(({ status }) => status === "succeeded");
    assert.deepEqual(
      taken.map(({ amount }) => amount),
      [total],
      "Stripe has taken the money, once",
    );
    say(`the integration reads ${orderId}: ${order.status}, payment ${order.payment.state}`);
    await until(on.signal, "the other webhooks", () => integration.heard.has("payment.captured"));
    assert.ok(integration.heard.has("order.placed"), `webhooks heard: ${[...integration.heard].join(", ")}`);
  } finally {
    integration.stop();
  }
};

/** The deployed authorizer stands before both APIs. */
const refusesStrangers = async ({ agentApi, storeApi, shop, say }: Purchase): Promise<void> => {
  const status = async (url: string, key?: string) =>
    (await fetch(url, key ? { headers: { authorization: `Bearer ${key}` } } : {})).status;
  const unknown = `${shop.integrationKey.slice(0, -1)}${shop.integrationKey.endsWith("0") ? "1" : "0"}`;
  assert.equal(await status(`${storeApi}/orders`), 401, "no key");
  assert.equal(await status(`${storeApi}/orders`, unknown), 401, "a key that nobody issued");
  assert.equal(await status(`${storeApi}/orders`, shop.agentKey), 403, "a key without the scope");
  assert.equal(await status(`${agentApi}/.well-known/acp.json`), 200, "discovery, which is public");
  say("strangers are refused, discovery is public");
};

const buy = async ({
  agentApi,
  stripe,
  shop,
  say,
}: Purchase): Promise<{ orderId: string; total: number }> => {
  const agent = acpAgent(agentApi, shop.agentKey);
  const created = await agent.create("mug-blue", 2);
  const ready = await agent.update(created.id, aBuyer);
  assert.equal(ready.status, "ready_for_payment");
  const total = totalOf(ready);
  say(`the agent has created ${created.id} and told who buys: ${(total / 100).toFixed(2)} EUR`);
  const declined = await agent.complete(
    created.id,
    await grantToken(stripe.url, total, "pm_card_chargeDeclined"),
  );
  assert.deepEqual([declined.status, declined.messages[0]?.type], ["ready_for_payment", "error"]);
  say("the first card is declined, and the workflow's other road has given everything back");
  const completed = await agent.complete(created.id, await grantToken(stripe.url, total));
  assert.equal(completed.status, "completed");
  const orderId = completed.order?.id;
  assert.ok(orderId, "a completed checkout has an order");
  say(`the agent has bought: ${orderId}`);
  return { orderId, total };
};

const listen = async ({ storeApi, shop, say }: Purchase) => {
  const heard = new Set<string>();
  let secret = "";
  const server = await receiveWebhooks(
    () => secret,
    ({ type, id }) => {
      heard.add(type);
      say(`the integration has verified ${type} (${id})`);
    },
  );
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
    await registerEndpoint({ storeApi, adminKey: shop.adminKey }, { url }, (given) => {
      secret = given;
    });
  } catch (error) {
    stop();
    throw error;
  }
  return { heard, stop };
};

const until = async (signal: AbortSignal, what: string, holds: () => boolean): Promise<void> => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
  while (!holds()) {
    await pause(50, undefined, { signal: limit }).catch((cause: unknown) => {
      throw new Error(`waited in vain for ${what}`, { cause });
    });
  }
};
