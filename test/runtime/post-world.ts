import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { wire as wireAccess } from "#functions/access/access.handler.ts";
import { createdKey } from "#functions/access/license-key.store.ts";
import { createdPrincipal } from "#functions/access/principal.store.ts";
import { wire as wireAcp } from "#functions/acp/acp.handler.ts";
import { wire as wireCatalog } from "#functions/catalog/catalog.handler.ts";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { wire as wireCustomer } from "#functions/customer/customer.handler.ts";
import { wire as wireDomain } from "#functions/domain/domain.handler.ts";
import { wire as wireFulfillment } from "#functions/fulfillment/fulfillment.handler.ts";
import { wire as wireOrder } from "#functions/order/change-orders.handler.ts";
import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import type { Routes } from "#functions/runtime/route.ts";
import { type Row, type Table, tableNames } from "#functions/runtime/table.ts";
import { wire as wireStore } from "#functions/store/store.handler.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { wire as wireSupport } from "#functions/support/support.handler.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Scope } from "#functions/values/scope.ts";
import { wire as wireWebhook } from "#functions/webhook/webhook.handler.ts";
import { acceptance } from "#test/access/things.ts";
import { aCaller, aProduct, aStore, storeId } from "#test/examples.ts";
import { type ApiCall, callApi } from "#test/fakes/api-event.ts";
import { fakeEnvelope, fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stepsOn, stockShop } from "#test/fakes/memory-shop.ts";
import { runWorkflow } from "#test/fakes/run-workflow.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";
import { fakeWooCommerce } from "#test/fakes/woocommerce.ts";

const features = join(import.meta.dirname, "../../functions");

/** The lists of routes of every feature that has one. */
const lists = await Promise.all(
  readdirSync(features)
    .map((feature) => join(features, feature, "routes.ts"))
    .filter((file) => existsSync(file))
    .map(async (file) => Object.values((await import(file)) as Readonly<Record<string, Routes>>)),
);

/** Every POST that has a key, by its path. */
export const posts = lists
  .flat()
  .flatMap((routes) => Object.values(routes))
  .filter(({ method, scope }) => method === "POST" && scope !== "public")
  .map(({ path }) => path);

export const me: Caller = aCaller({ role: "admin", scopes: [...Scope.options] });
/** Another agent of the store, and somebody of another store. */
export const others: readonly Caller[] = [
  { ...me, principalId: "prn_00000000000000000000000002" },
  { ...me, principalId: "prn_00000000000000000000000003", storeId: "store_00000000000000000000000003" },
];

export type Asked = {
  readonly path: string;
  readonly body: unknown;
  readonly other: unknown;
  /** Whoever of the store asks, the same is told. */
  readonly same?: true;
};

/** All façades as they are deployed, over one table that can fail, one Stripe and workflows that run. */
/** A WooCommerce site that sells one thing, and how a store is connected to it. */
export const site = {
  kind: "woocommerce",
  url: "https://tea.example.com",
  consumerKey: `ck_${"1a".repeat(20)}`,
  consumerSecret: `cs_${"2b".repeat(20)}`,
};
const aSite = (now: Clock) => {
  const woo = fakeWooCommerce({ ...site, site: site.url, now });
  woo.products.push({ id: 31, type: "simple", name: "Mug", status: "publish", price: "19.00" });
  return woo;
};

export const postWorld = async () => {
  const platform = memoryPlatform({
    environment: {
      AGENT_API_URL: "https://agents.example",
      CHECKOUT_WORKFLOW_ARN: "checkout",
      FULFILLMENT_WORKFLOW_ARN: "fulfillment",
      OUTBOUND_POLICY: "public",
      DELIVERY_QUEUE_URL: "q",
      HOME_BUSES: "arn:aws:events:us-east-1:000000000000",
      PEPPER_SECRET_ARN: "arn:pepper",
    },
  });
  const stripe = fakeStripe(platform.now);
  const healthy = { ...platform, stripe, envelope: fakeEnvelope(platform.table, platform.random) };
  await stockShop(platform, [{ ...aProduct(), available: 1_000 }]);
  const [stranger, foreigner] = others;
  await platform.table.commit([
    createdStore(aStore({ id: foreigner?.storeId ?? storeId })),
    // The key that `me` calls with; of no use to the authorizer.
    ...createdKey({
      ...me,
      publicId: me.keyId,
      digest: new Uint8Array(32),
      pepperVersion: "1",
      lastFour: "0000",
      version: 1,
      createdAt: platform.now(),
    }),
    ...[me, stranger ?? me].map(({ principalId: id }) =>
      createdPrincipal({ id, storeId, role: "agent", createdAt: 0 }),
    ),
  ]);
  const woken: string[] = [];
  let table: Table = platform.table;
  const through: Table = {
    get: (...given) => table.get(...given),
    query: (...given) => table.query(...given),
    commit: (writes) => table.commit(writes),
    tally: (update) => table.tally(update),
  };
  const on = { ...healthy, table: through, envelope: fakeEnvelope(through, platform.random) };
  const workflows = {
    start: async (_: string, input: unknown) => void woken.push(JSON.stringify(input)),
    run: async (_: string, input: unknown) =>
      runWorkflow(checkoutWorkflow, stepsOn(on), JSON.parse(JSON.stringify(input))).then(
        (output) => ({ run: "succeeded" as const, output }),
        () => ({ run: "failed" as const }),
      ),
  };
  const enqueue = async (_: string, messages: readonly { body: unknown }[]) =>
    void woken.push(...messages.map(({ body }) => JSON.stringify(body)));
  const noHost = async () => ({ answered: false, reason: "unknown_host" }) as const;
  /** Whatever was given as a challenge is published at once. */
  const published = async () => {
    const tokens = platform.table.rows("access").flatMap(({ challenge }) => {
      const token = (challenge as { token?: string } | undefined)?.token;
      return token === undefined ? [] : [`token=${token}`];
    });
    return [{ records: tokens }, { records: tokens }];
  };
  const seal = fakeStoreSeal();
  const readSecret = async () => "a-pepper-of-at-least-32-characters-1";
  const access = wireAccess({ ...on, seal, readSecret });
  const store = wireStore(on);
  const fulfillment = wireFulfillment({ ...on, dial: aSite(on.now).dial, seal });
  const handlers: Record<string, LambdaHandler> = {
    license_keys: access,
    principals: access,
    access_review: access,
    data_protection_statement: access,
    support_grants: wireSupport({ ...on, seal, readSecret }),
    checkout_sessions: wireAcp({ ...on, workflows }),
    customers: wireCustomer(on),
    orders: wireOrder({ ...on, workflows }),
    fulfillments: fulfillment,
    "store/connector": fulfillment,
    agent_feeds: fulfillment,
    store,
    discounts: store,
    products: wireCatalog(on),
    stock_changes: wireCatalog(on),
    domains: wireDomain({ ...on, dial: noHost, readTxt: published } as never),
    webhook_endpoints: wireWebhook({ ...on, enqueue, seal } as never),
  };
  const send = (asked: ApiCall & { readonly path: string }) => {
    const [, facade = "", second = "", part = ""] = asked.path.split("/");
    const handler = handlers[`${facade}/${second}`] ?? handlers[part] ?? handlers[facade];
    if (!handler) throw new Error(`no façade for ${asked.path}`);
    return callApi(handler, { caller: me, ...asked });
  };
  const call = (path: string, body: unknown, key: string | undefined, caller: Caller = me) => {
    const headers = { "API-Version": "2026-04-17", "Idempotency-Key": key ?? "" };
    return send({ method: "POST", path, body, caller, headers });
  };
  return {
    platform,
    stripe,
    shop: shopOn(healthy),
    call,
    send,
    /** From here on the façades see this table. */
    seeThrough: (other: Partial<Table>) => {
      table = { ...platform.table, ...other };
    },
    /** Everything that a request could have changed, here and outside. A look is on record as often as it is given. */
    traces: () =>
      JSON.stringify([
        tableNames.map((name) => platform.table.rows(name).filter((row) => !isLook(row))),
        stripe.intents(),
        stripe.refunds(),
        woken,
      ]),
    money: () => [stripe.intents().length, stripe.refunds().length],
  };
};
export type PostWorld = Awaited<ReturnType<typeof postWorld>>;

const isLook = ({ about }: Row): boolean => (about as { route?: string } | undefined)?.route !== undefined;

const line_items = [{ id: "mug-blue", quantity: 1 }];
const buyer = { email: "ada@canary.example", first_name: "Ada" };
const address = { name: "Ada", line_one: "Weg 1", city: "Berlin", country: "DE", postal_code: "10115" };
const payment = (token: string) => ({
  payment_data: {
    handler_id: "card_tokenized",
    instrument: { type: "card", credential: { type: "pm", token } },
  },
});

export const idIn = ({ body }: { body: unknown }): string => String((body as { id?: unknown }).id);

const session = async ({ call }: PostWorld): Promise<string> => {
  const fulfillment_details = { name: "Ada", address };
  return `/checkout_sessions/${idIn(await call("/checkout_sessions", { line_items, buyer, fulfillment_details }, "session"))}`;
};

const bought = async (world: PostWorld): Promise<string> => {
  const path = await session(world);
  await world.call(`${path}/complete`, payment("pm_card_visa"), "bought");
  const orderId = path.replace("/checkout_sessions/chk_", "ord_") as `ord_${string}`;
  await world.shop.fulfill({ storeId, orderId });
  return `/orders/${orderId}`;
};

/** Whoever bought in `session`. */
export const customer = async (world: PostWorld): Promise<string> => {
  await bought(world);
  return `/customers/${await fakeEnvelope(world.platform.table).customerOf(storeId, buyer.email)}`;
};

export const endpoint = { url: "https://hooks.example.com/agentic" };
export const connector = { kind: "bridge", url: "https://shop.example.com/bridge" };

const aKey = { role: "agent", principal: "shopper" };
export const key = async ({ call }: PostWorld) => {
  const { id, principal } = (await call("/license_keys", aKey, "new key")).body as unknown as {
    id: string;
    principal: { id: string };
  };
  return { id, principalId: principal.id, path: `/license_keys/${id}` };
};

const support = { person: "Grace Hopper", reason: "looks at an order", scopes: ["orders:read"] };

/** What to ask of each POST, and another body for the same key. A route without a line here fails a test. */
export const cases: Readonly<Record<string, (world: PostWorld) => Promise<Asked>>> = {
  "/checkout_sessions": async () => ({
    path: "/checkout_sessions",
    body: { line_items, buyer },
    other: { line_items },
  }),
  "/checkout_sessions/{checkout_session_id}": async (world) => ({
    path: await session(world),
    body: { buyer: { ...buyer, first_name: "Eve" } },
    other: { buyer: null },
  }),
  "/checkout_sessions/{checkout_session_id}/complete": async (world) => ({
    path: `${await session(world)}/complete`,
    body: payment("pm_card_visa"),
    other: payment("pm_card_mastercard"),
  }),
  "/checkout_sessions/{checkout_session_id}/cancel": async (world) => ({
    path: `${await session(world)}/cancel`,
    body: {},
    other: { note: "other" },
  }),
  "/customers/{id}/export": async (world) => ({
    path: `${await customer(world)}/export`,
    body: {},
    other: { note: "other" },
  }),
  "/customers/{id}/rectify": async (world) => ({
    path: `${await customer(world)}/rectify`,
    body: { buyer: { lastName: "King" } },
    other: { buyer: { lastName: "Byron" } },
  }),
  "/customers/{id}/restrict": async (world) => ({
    path: `${await customer(world)}/restrict`,
    body: { reason: "disputes the address" },
    other: {},
  }),
  "/customers/{id}/unrestrict": async (world) => {
    const path = await customer(world);
    await world.call(`${path}/restrict`, {}, "restrict");
    return { path: `${path}/unrestrict`, body: {}, other: { reason: "other" } };
  },
  "/orders/{id}/refunds": async (world) => ({
    path: `${await bought(world)}/refunds`,
    body: { reason: "returned", amount: 100 },
    other: { reason: "returned", amount: 200 },
  }),
  "/stock_changes": async () => ({
    path: "/stock_changes",
    body: { changes: [{ productId: "mug-blue", delta: 5 }] },
    other: { changes: [{ productId: "mug-blue", delta: 6 }] },
    same: true,
  }),
  "/orders/{id}/fulfillments": async (world) => ({
    path: `${await bought(world)}/fulfillments`,
    body: { tracking: { carrier: "DHL", number: "00340434161094042557" } },
    other: { status: "processing" },
  }),
  "/orders/{id}/fulfillments/{fulfillment_id}/events": async (world) => {
    const path = `${await bought(world)}/fulfillments`;
    const made = await world.call(path, {}, "fulfillment");
    return { path: `${path}/${idIn(made)}/events`, body: { type: "delivered" }, other: { type: "failed" } };
  },
  "/orders/{id}/cancel": async (world) => ({
    path: `${await bought(world)}/cancel`,
    body: { reason: "duplicate" },
    other: { reason: "other" },
  }),
  "/store/connector/roll_secret": async ({ send }) => {
    await send({ method: "PUT", path: "/store/connector", body: connector });
    return { path: "/store/connector/roll_secret", body: {}, other: { overlapSeconds: 0 } };
  },
  "/webhook_endpoints": async () => ({
    path: "/webhook_endpoints",
    body: endpoint,
    other: { ...endpoint, events: ["order.placed"] },
  }),
  "/domains": async () => ({
    path: "/domains",
    body: { domain: "shop.example.com" },
    other: { domain: "other.example.com" },
  }),
  "/domains/{domain}/verify": async ({ call }) => {
    await call("/domains", { domain: "shop.example.com" }, "challenge");
    return { path: "/domains/shop.example.com/verify", body: {}, other: { note: "other" } };
  },
  "/webhook_endpoints/{id}/test": async (world) => ({
    path: `/webhook_endpoints/${idIn(await world.call("/webhook_endpoints", endpoint, "endpoint"))}/test`,
    body: {},
    other: { note: "other" },
  }),
  "/webhook_endpoints/{id}/deliveries/{eventId}/resend": async (world) => {
    const path = `/webhook_endpoints/${idIn(await world.call("/webhook_endpoints", endpoint, "endpoint"))}`;
    const { body } = await world.call(`${path}/test`, {}, "test");
    const { eventId } = body as { eventId: string };
    return { path: `${path}/deliveries/${eventId}/resend`, body: {}, other: { note: "other" }, same: true };
  },
  "/webhook_endpoints/{id}/replay": async (world) => ({
    path: `/webhook_endpoints/${idIn(await world.call("/webhook_endpoints", endpoint, "endpoint"))}/replay`,
    body: { only: "failed" },
    other: { only: "failed", from: "2026-11-01T00:00:00Z" },
  }),
  "/webhook_endpoints/{id}/roll_secret": async (world) => ({
    path: `/webhook_endpoints/${idIn(await world.call("/webhook_endpoints", endpoint, "endpoint"))}/roll_secret`,
    body: {},
    other: { overlapSeconds: 0 },
  }),
  "/license_keys": async () => ({
    path: "/license_keys",
    body: aKey,
    other: { ...aKey, scopes: ["products:read"] },
  }),
  "/license_keys/{id}/roll": async (world) => ({
    path: `${(await key(world)).path}/roll`,
    body: {},
    other: { overlapSeconds: 0 },
  }),
  "/license_keys/{id}/roll/cancel": async (world) => {
    const { path } = await key(world);
    await world.call(`${path}/roll`, {}, "roll");
    return { path: `${path}/roll/cancel`, body: {}, other: { note: "other" } };
  },
  "/license_keys/{id}/revoke": async (world) => ({
    path: `${(await key(world)).path}/revoke`,
    body: {},
    other: { note: "other" },
    same: true,
  }),
  "/support_grants": async () => ({
    path: "/support_grants",
    body: support,
    other: { ...support, minutes: 5 },
  }),
  "/support_grants/{id}/end": async (world) => ({
    path: `/support_grants/${(await world.call("/support_grants", support, "support")).body["id"]}/end`,
    body: {},
    other: { note: "other" },
    same: true,
  }),
  "/principals/{id}/revoke": async (world) => ({
    path: `/principals/${(await key(world)).principalId}/revoke`,
    body: {},
    other: { endGranted: true },
    same: true,
  }),
  "/data_protection_statement/acceptances": async () => ({
    path: "/data_protection_statement/acceptances",
    body: acceptance,
    other: { ...acceptance, version: "another" },
  }),
  "/access_review": async (world) => ({
    path: "/access_review",
    body: { licenseKeys: [(await key(world)).id] },
    other: { licenseKeys: ["0123456789Ab"] },
    same: true,
  }),
};
