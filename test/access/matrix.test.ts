import { beforeAll, describe, expect, test } from "vitest";
import type { Route } from "#functions/runtime/route.ts";
import type { Role } from "#functions/values/scope.ts";
import { everyRoute } from "#test/every-route.ts";
import type { Response } from "#test/simulation/cloud/gateway.ts";
import { everybody, may, page } from "./matrix.ts";
import { type WholeService, wholeService } from "./whole-service.ts";

const line_items = [{ id: "song", quantity: 1 }];
const buyer = { email: "ada@canary.example", first_name: "Ada" };
const card = { type: "card", credential: { type: "pm", token: "pm_card_visa" } };
const support = { person: "Grace Hopper", reason: "looks at an order", scopes: ["orders:read"] };

/** A body that an operation takes; nothing where none is wanted. A body for a path that is none fails a test. */
const bodies: Readonly<Record<string, unknown>> = {
  "POST /checkout_sessions": { line_items, buyer },
  "POST /checkout_sessions/{checkout_session_id}": { line_items },
  "POST /checkout_sessions/{checkout_session_id}/cancel": {},
  "POST /checkout_sessions/{checkout_session_id}/complete": {
    payment_data: { handler_id: "card_tokenized", instrument: card },
  },
  "POST /orders/{id}/refunds": { reason: "returned", amount: 1 },
  "POST /orders/{id}/cancel": {},
  "PUT /products": { products: [] },
  "PUT /discounts": { discounts: [] },
  "PATCH /store": {},
  "POST /domains": { domain: "tea.example.org", method: "dns" },
  "POST /domains/{domain}/verify": {},
  "POST /customers/{id}/export": {},
  "POST /customers/{id}/rectify": { buyer: { lastName: "King" } },
  "POST /customers/{id}/restrict": {},
  "POST /customers/{id}/unrestrict": {},
  "POST /license_keys": { role: "agent", principal: "somebody" },
  "PATCH /license_keys/{id}": { scopes: ["products:read"] },
  "POST /license_keys/{id}/roll": {},
  "POST /license_keys/{id}/roll/cancel": {},
  "POST /license_keys/{id}/revoke": {},
  "POST /principals/{id}/revoke": {},
  "POST /access_review": { licenseKeys: ["000000000000"] },
  "POST /support_grants": support,
  "POST /support_grants/{id}/end": {},
  "POST /webhook_endpoints": { url: "https://hooks.example.com/agentic" },
  "POST /webhook_endpoints/{id}/roll_secret": {},
  "POST /webhook_endpoints/{id}/test": {},
  "POST /stripe/events": "{}",
};

let service: WholeService;
/** Keys of the first store by role, and its second agent's. */
let keys: Readonly<Record<Role, string>>;
let strangers: readonly (readonly [Role, string])[];
/** Something of the first store for each path that names one. */
let ids: Readonly<Record<string, string>>;

const asked = (route: Route) => `${route.method} ${route.path}`;
const firstPart = ({ path }: Route) => path.split("/")[1] ?? "";

const call = (route: Route, by?: string): Promise<Response> => {
  const path = route.path.replace(/\{[^}]+\}/, ids[firstPart(route)] ?? "nothing");
  const body = bodies[asked(route)];
  return service.call({
    method: route.method,
    path,
    ...(by !== undefined && { by }),
    ...(body !== undefined && { body }),
    ...(route.scope === "public" && { isPublic: true }),
  });
};

const made = async (by: string, path: string, body: unknown): Promise<Record<string, string>> => {
  const { status, body: answer } = await service.call({ method: "POST", path, by, body });
  if (status >= 300) throw new Error(`POST ${path} was answered ${status}: ${JSON.stringify(answer)}`);
  return answer as Record<string, string>;
};

const somethingOfEach = async (agent: string, owner: string): Promise<Record<string, string>> => {
  const { id: bought = "" } = await made(agent, "/checkout_sessions", { line_items, buyer });
  await made(agent, `/checkout_sessions/${bought}/complete`, {
    payment_data: { handler_id: "card_tokenized", instrument: card },
  });
  await service.pass(10_000);
  const { id: open = "" } = await made(agent, "/checkout_sessions", { line_items, buyer });
  const key = await made(owner, "/license_keys", { role: "integration", principal: "warehouse" });
  const grant = await made(owner, "/support_grants", support);
  const people = await service.call({ method: "GET", path: "/customers", by: owner });
  const [customer] = (people.body as { customers: { id: string }[] }).customers;
  await made(owner, "/domains", { domain: "tea.example.com", method: "dns" });
  return {
    checkout_sessions: open,
    orders: `ord_${bought.slice("chk_".length)}`,
    customers: customer?.id ?? "",
    erasures: `era_${bought.slice("chk_".length)}`,
    license_keys: key["id"] ?? "",
    principals: (key["principal"] as unknown as { id: string }).id,
    support_grants: grant["id"] ?? "",
    domains: "tea.example.com",
    products: "mug",
    webhook_endpoints: service.cloud.shops[0].endpoints[0]?.id ?? "",
  };
};

beforeAll(async () => {
  service = await wholeService();
  await service.run(async () => {
    const [first, second] = service.cloud.shops;
    const owner = first.owner.text;
    const agents = [...first.agents, ...second.agents].map(({ key }) => key.text);
    keys = {
      admin: owner,
      agent: agents[0] ?? "",
      integration: await service.keyOf(first.storeId, "integration"),
      fulfillment: await service.keyOf(first.storeId, "fulfillment"),
      auditor: await service.keyOf(first.storeId, "auditor"),
      support: await service.supportOf(first),
    };
    strangers = [
      ["admin", second.owner.text],
      ["agent", agents[2] ?? ""],
      ["integration", await service.keyOf(second.storeId, "integration")],
      ["support", await service.supportOf(second)],
    ];
    ids = await somethingOfEach(keys.agent, owner);
  });
});

test("the page says who may do what", async () => {
  await expect(page()).toMatchFileSnapshot("../../functions/access/matrix.md");
});

test("every operation has a body where it wants one, and every body an operation", () => {
  const names = everyRoute.map(([, route]) => asked(route));
  expect(Object.keys(bodies).filter((name) => !names.includes(name))).toEqual([]);
  const wanting = everyRoute.filter(([, { body }]) => body).map(([, route]) => asked(route));
  expect(wanting.filter((name) => bodies[name] === undefined)).toEqual([]);
  expect(wanting.length).toBeGreaterThan(10);
});

const named = everyRoute.filter(([, { path }]) => path.includes("{"));

describe("what is another store's is told like what does not exist", () => {
  // A product's id is the store's own word: every store may have its "mug".
  test.each(named.filter(([, { path }]) => path !== "/products/{id}"))("%s", (_, route) =>
    service.run(async () => {
      for (const [role, by] of strangers) {
        const { status, body } = await call(route, by);
        expect([role, status]).toEqual([role, may(role, route) ? 404 : 403]);
        expect(JSON.stringify(body)).not.toContain(service.cloud.shops[0].storeId);
      }
    }),
  );
});

test("another agent's session is told like one that does not exist", () =>
  service.run(async () => {
    const [, second] = service.cloud.shops[0].agents;
    const sessions = named.filter(([, { path }]) => path.startsWith("/checkout_sessions/"));
    for (const [name, route] of sessions) {
      const { status } = await call(route, second?.key.text ?? "");
      expect([name, status]).toEqual([name, 404]);
    }
  }));

/** A 403 where the scope is lacking, a 401 without a key; else whatever the operation says, but never that or a fault. */
const isAsItMay = (role: Role | "nobody", route: Route, status: number): boolean => {
  if (may(role, route)) return ![401, 403].includes(status) && status < 500;
  return status === (role === "nobody" ? 401 : 403);
};

/** Those who may not first: what they asked for must still be there. */
const inOrder = (route: Route) =>
  everybody.toSorted((left, right) => Number(may(left, route)) - Number(may(right, route)));

describe("what the scopes of a role do not hold is refused, and nothing else is", () => {
  test.each(everyRoute)("%s", (_, route) =>
    service.run(async () => {
      for (const role of inOrder(route)) {
        const { status } = await call(route, role === "nobody" ? undefined : keys[role]);
        expect([role, status, isAsItMay(role, route, status)]).toEqual([role, status, true]);
      }
    }),
  );
});
