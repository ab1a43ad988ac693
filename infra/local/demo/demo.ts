import type { AddressInfo } from "node:net";
import { aBuyer, acpAgent, totalOf } from "./agent.ts";
import { registerEndpoint } from "./endpoint.ts";
import { type Received, receiveWebhooks } from "./receiver.ts";
import { callStore, type Shop } from "./shop.ts";

export type Demo = {
  readonly agentApi: string;
  readonly storeApi: string;
  readonly stripe: string;
  readonly shop: Shop;
  readonly say: (line: string) => void;
};

/** One purchase, told as it happens: an agent buys, and an integration verifies the webhooks that follow. */
export const runDemo = async (demo: Demo): Promise<void> => {
  const integration = await listen(demo);
  try {
    await buy(demo);
    await integration.heardOf("order.confirmed");
  } finally {
    await integration.stop();
  }
};

const buy = async ({ agentApi, stripe, shop, say }: Demo): Promise<void> => {
  const agent = acpAgent(agentApi, shop.agentKey);
  const created = await agent.create("mug-blue", 2);
  say(`agent        creates ${created.id}: 2 × mug-blue, ${created.status}`);
  const addressed = await agent.update(created.id, aBuyer);
  const options = addressed.fulfillment_options.map(({ title }) => title).join(", ");
  say(
    `agent        tells who buys and where to: ${addressed.status}, ${euros(totalOf(addressed))}, ships ${options}`,
  );
  const chosen = await agent.update(created.id, {
    selected_fulfillment_options: [
      { type: "shipping", option_id: "express", item_ids: addressed.line_items.map(({ id }) => id) },
    ],
  });
  say(`agent        selects Express: ${euros(totalOf(chosen))}`);
  const token = await grantToken(stripe, totalOf(chosen));
  const completed = await agent.complete(created.id, token);
  say(`agent        completes with ${token}: ${completed.status}, ${completed.order?.id}`);
};

const euros = (amount: number): string => `${(amount / 100).toFixed(2)} EUR`;

/** What an agent platform does at Stripe: grants the seller a token, limited to this amount and the next hour. */
export const grantToken = async (
  stripe: string,
  amount: number,
  paymentMethod = "pm_card_visa",
): Promise<string> => {
  const response = await fetch(`${stripe}/v1/test_helpers/shared_payment/granted_tokens`, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_embedded", "stripe-version": "2026-04-22.preview" },
    body: new URLSearchParams({
      payment_method: paymentMethod,
      "usage_limits[currency]": "eur",
      "usage_limits[max_amount]": String(amount),
      "usage_limits[expires_at]": String(Math.floor(Date.now() / 1_000) + 3_600),
    }),
  });
  const granted = (await response.json()) as { id: string };
  if (!response.ok) throw new Error(`Stripe answered ${response.status}: ${JSON.stringify(granted)}`);
  return granted.id;
};

/** An integration with one endpoint: it tells of every webhook whose signature it verified. */
const listen = async ({ storeApi, shop, say }: Demo) => {
  const heard: Received[] = [];
  let wake: () => void = () => undefined;
  let secret = "";
  const server = await receiveWebhooks(
    () => secret,
    (received) => {
      heard.push(received);
      say(`integration  verified ${received.type} (${received.id})`);
      wake();
    },
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  const owner = { storeApi, adminKey: shop.adminKey };
  const endpoint = await registerEndpoint(owner, { url }, (given) => {
    secret = given;
  });
  return {
    heardOf: async (type: string) => {
      while (!heard.some((received) => received.type === type))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
    stop: async () => {
      await callStore(storeApi, shop.adminKey, "DELETE", `/webhook_endpoints/${endpoint.id}`);
      server.close();
      server.closeAllConnections();
    },
  };
};
