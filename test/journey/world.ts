import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { aBuyer } from "#infra/local/demo/agent.ts";
import { grantToken } from "#infra/local/demo/demo.ts";
import { type Received, receiveWebhooks } from "#infra/local/demo/receiver.ts";
import { callStore, openShop } from "#infra/local/demo/shop.ts";
import { type LaptopOptions, startLaptop } from "#infra/local/laptop.ts";
import { expectReleased } from "./released-session.ts";

export type Answered = { readonly status: number; readonly headers: Headers; readonly body: Session };
/** What the stories look at; the released schema says the rest. */
export type Session = {
  readonly id: string;
  readonly status: string;
  readonly code?: string;
  readonly param?: string;
  readonly totals: { readonly type: string; readonly amount: number }[];
  readonly messages: { readonly type: string; readonly code?: string }[];
  readonly order?: { readonly id: string };
};

type Call = {
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly idempotency?: string;
};

/** An agent on the wire: every session it is answered must be valid by ACP's released schema. */
export const agentOn = (api: string, key: string) => {
  const call = async (
    method: "GET" | "POST",
    path: string,
    body?: unknown,
    more: Call = {},
  ): Promise<Answered> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${more.key ?? key}`,
        "api-version": "2026-04-17",
        ...(method === "POST" && {
          "content-type": "application/json",
          "idempotency-key": more.idempotency ?? randomUUID(),
        }),
        ...more.headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const answer = {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Session,
    };
    expectReleased(answer.status, answer.body);
    return answer;
  };
  return {
    call,
    create: (lines: object[], more: object = {}, how?: Call) =>
      call(
        "POST",
        "/checkout_sessions",
        { currency: "eur", line_items: lines, capabilities: {}, ...more },
        how,
      ),
    update: (id: string, change: object, how?: Call) => call("POST", `/checkout_sessions/${id}`, change, how),
    read: (id: string, how?: Call) => call("GET", `/checkout_sessions/${id}`, undefined, how),
    cancel: (id: string, how?: Call) => call("POST", `/checkout_sessions/${id}/cancel`, {}, how),
    complete: (id: string, token: string, more: object = {}, how?: Call) =>
      call("POST", `/checkout_sessions/${id}/complete`, { payment_data: paymentWith(token), ...more }, how),
  };
};

export const paymentWith = (token: string) => ({
  handler_id: "card_tokenized",
  instrument: { type: "card", credential: { type: token.slice(0, token.indexOf("_")), token } },
});

/** The demo's shop with agents, on a cloud whose schedules run only when a story says so. */
export const openWorld = async (options: LaptopOptions = {}) => {
  const laptop = await startLaptop({ schedules: false, ...options });
  const { agentApi, storeApi } = laptop.cloud.urls;
  const shop = await openShop({ operator: laptop.operate, storeApi });
  const store = <Answer = never>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ) => callStore<Answer>(storeApi, shop.adminKey, method, path, body);
  const issue = async (role: string, principal: string, storeId = shop.storeId) =>
    (await laptop.operate({ command: "issue-key", storeId, role, principal })) as {
      key: string;
      keyId: string;
    };
  const agent = agentOn(agentApi, shop.agentKey);
  return {
    laptop,
    shop,
    store,
    issue,
    agent,
    agentApi,
    storeApi,
    token: (amount: number) => grantToken(laptop.stripeUrl, amount),
    /** A session that could be completed. */
    ready: async (productId = "mug-blue", more: object = {}): Promise<Session> =>
      (await agent.create([{ id: productId, quantity: 1 }], { ...aBuyer, ...more })).body,
    /** Lets events, workflows and queues come to rest. */
    settle: () => laptop.cloud.idle(),
    stockOf: async (id: string) =>
      (await store<{ stock: { available: number } }>("GET", `/products/${id}`)).stock.available,
    /** PaymentIntents at Stripe that hold or took money. */
    charged: () =>
      (laptop.stripe?.state.all("intent") ?? []).filter(({ status }) =>
        ["requires_capture", "succeeded"].includes(status),
      ),
    intents: () => laptop.stripe?.state.all("intent") ?? [],
  };
};
export type World = Awaited<ReturnType<typeof openWorld>>;

/** An endpoint of the shop that answers as it is told (204 unless `answer` says otherwise). */
export const openEndpoint = async (world: World, body: object = {}) => {
  const heard: Received[] = [];
  let secret = "";
  const server = await receiveWebhooks(
    () => secret,
    (received) => void heard.push(received),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  const endpoint = await world.store<{ id: string; secret: string }>("POST", "/webhook_endpoints", {
    url,
    ...body,
  });
  secret = endpoint.secret;
  return {
    id: endpoint.id,
    heard,
    types: () => heard.map(({ type }) => type),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

export const totalOf = (session: Session): number =>
  session.totals.find(({ type }) => type === "total")?.amount ?? Number.NaN;
