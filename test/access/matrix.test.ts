import { beforeAll, describe, expect, test } from "vitest";
import { scopesOf } from "#functions/access/role.ts";
import type { Route } from "#functions/runtime/route.ts";
import { Role } from "#functions/values/scope.ts";
import { everyRoute } from "#test/every-route.ts";
import type { Response } from "#test/simulation/cloud/gateway.ts";
import { everybody, kindOf, may, page, statesOf, worksIn } from "./matrix.ts";
import { acceptance, completion, endpoint, fields, line_items, makers, support } from "./things.ts";
import { type WholeService, wholeService } from "./whole-service.ts";

/** A body that an operation takes; nothing where none is wanted. A body for a path that is none fails a test. */
const bodies: Readonly<Record<string, unknown>> = {
  "POST /checkout_sessions": { line_items },
  "POST /checkout_sessions/{checkout_session_id}": { line_items },
  "POST /checkout_sessions/{checkout_session_id}/cancel": {},
  "POST /checkout_sessions/{checkout_session_id}/complete": completion,
  "POST /orders/{id}/refunds": { reason: "returned", amount: 1 },
  "POST /orders/{id}/cancel": {},
  "POST /stock_changes": { changes: [{ productId: "mug", delta: 1 }] },
  "POST /orders/{id}/fulfillments": {},
  "POST /orders/{id}/fulfillments/{fulfillment_id}/events": { type: "delivered" },
  "PUT /products": { products: [{ id: "cup", title: "Cup", unitAmount: 100 }] },
  "PUT /discounts": { discounts: [{ code: "spring", kind: "percent", percentOff: 10 }] },
  "PATCH /store": {},
  "PUT /store/connector": { kind: "bridge", url: "https://tea.example.com/bridge" },
  "POST /store/connector/roll_secret": {},
  "PUT /store/connector/products": {},
  "PUT /agent_feeds": { name: "openai", url: "https://agent.example.com/acp", credential: "a-credential" },
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
  "POST /data_protection_statement/acceptances": acceptance,
  get "POST /access_review"() {
    return { licenseKeys: [there.get("license_keys valid")] };
  },
  "POST /support_grants": support,
  "POST /support_grants/{id}/end": {},
  "POST /webhook_endpoints": endpoint,
  "PATCH /webhook_endpoints/{id}": { description: "Warehouse" },
  "POST /webhook_endpoints/{id}/roll_secret": {},
  "POST /webhook_endpoints/{id}/test": {},
  "POST /webhook_endpoints/{id}/replay": { only: "failed" },
  "POST /stripe/events": "{}",
  "POST /secret_scanning/alerts": "[]",
};

let service: WholeService;
/** By role: keys of the first store, and of the other. */
let keys: Readonly<Record<Role, string>>;
let strangers: Readonly<Record<Role, string>>;
let make: ReturnType<typeof makers>;
/** One of everything in every state, for whoever only looks or is refused: `orders placed`. Below something: both ids. */
const there = new Map<string, string>();

const asked = (route: Route) => `${route.method} ${route.path}`;

const call = async (route: Route, id: string | undefined, role?: Role, by?: string): Promise<Response> => {
  const body = bodies[asked(route)];
  const ids = (id ?? "").split("/");
  const response = await service.call({
    method: route.method,
    path: route.path.replace(/\{[^}]+\}/g, () => ids.shift() || "nothing"),
    ...(by !== undefined && { by }),
    ...(body !== undefined && { body }),
    ...(route.scope === "public" && { isPublic: true }),
  });
  const mayRead = role !== undefined && by === keys[role] && scopesOf[role].some(reads(route));
  const { headers, body: shown = null } = response;
  const told = fields.filter((field) => JSON.stringify([headers, shown]).includes(field));
  expect([role, mayRead || told]).toEqual([role, mayRead || []]);
  expect(Object.keys(headers).filter((name) => unwanted.test(name))).toEqual([]);
  return response;
};

/** A cookie would follow somebody; to allow a browser of another origin would let a secret key live in one. */
const unwanted = /^(set-cookie|access-control-.*)$/i;

/** A person is told to whoever has the scope for people, and to an agent of what it said itself. */
const reads = (route: Route) => (scope: string) =>
  scope === "customers:read" || (kindOf(route) === "checkout_sessions" && scope === "checkouts:read");

const namedIn = (route: Route, state: string) =>
  route.path.includes("{") ? there.get(`${kindOf(route)} ${state}`) : undefined;

const keysOf = async (shop: WholeService["cloud"]["shops"][0]) => ({
  admin: shop.owner.text,
  agent: shop.agents[0]?.key.text ?? "",
  integration: await service.keyOf(shop.storeId, "integration"),
  fulfillment: await service.keyOf(shop.storeId, "fulfillment"),
  auditor: await service.keyOf(shop.storeId, "auditor"),
  support: await service.supportOf(shop),
});

/** What is public is the same for whoever asks, whosever it is. */
const named = everyRoute.filter(([, { path, scope }]) => path.includes("{") && scope !== "public");

beforeAll(async () => {
  service = await wholeService();
  await service.run(async () => {
    const [first, second] = service.cloud.shops;
    const owner = first.owner.text;
    const mug = { id: "mug", title: "Mug", unitAmount: 1_900, stock: { onHand: 1_000 } };
    await service.call({ method: "PUT", path: "/products", by: owner, body: { products: [mug] } });
    make = makers(service, { agent: first.agents[0]?.key.text ?? "", owner });
    // Hours pass for this one, so it is the first.
    there.set("checkout_sessions expired", await make("checkout_sessions", "expired"));
    const kinds = new Set(
      named.flatMap(([, route]) => statesOf(route).map((state) => [kindOf(route), state].join(" "))),
    );
    for (const thing of kinds) {
      const [kind = "", state = ""] = thing.split(" ");
      if (!there.has(thing)) there.set(thing, await make(kind, state));
    }
    keys = await keysOf(first);
    strangers = await keysOf(second);
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

/** Every state of what an operation is about, with each of these who try it. */
const cells = <Who>(route: Route, all: readonly Who[]): (readonly [string, Who])[] =>
  statesOf(route).flatMap((state) => all.map((who) => [state, who] as const));

describe("what is another store's is told like what does not exist, whatever its state", () => {
  // A product's id is the store's own word: every store may have its "mug".
  test.each(named.filter(([, { path }]) => path !== "/products/{id}"))("%s", (_, route) =>
    service.run(async () => {
      for (const [state, role] of cells(route, Role.options)) {
        const { status, body } = await call(route, namedIn(route, state), role, strangers[role]);
        expect([state, role, status]).toEqual([state, role, may(role, route) ? 404 : 403]);
        expect(JSON.stringify(body)).not.toContain(service.cloud.shops[0].storeId);
      }
    }),
  );
});

test("another agent's session is told like one that does not exist", () =>
  service.run(async () => {
    const [, second] = service.cloud.shops[0].agents;
    for (const [name, route] of named.filter(([, each]) => kindOf(each) === "checkout_sessions"))
      for (const state of statesOf(route)) {
        const { status } = await call(route, namedIn(route, state), "agent", second?.key.text ?? "");
        expect([name, state, status]).toEqual([name, state, 404]);
      }
  }));

/** What was changed is not there for the next who tries. */
const fresh = async (name: string, route: Route, state: string): Promise<string | undefined> =>
  route.method === "GET" || !route.path.includes("{") || !worksIn(name, state)
    ? namedIn(route, state)
    : make(kindOf(route), state);

const refusedTo = async (who: Role | "nobody", route: Route, state: string): Promise<boolean> => {
  if (who === "nobody") return (await call(route, namedIn(route, state))).status === 401;
  return (await call(route, namedIn(route, state), who, keys[who])).status === 403;
};

describe("what the scopes of a role do not hold is refused, and without a key everything", () => {
  test.each(everyRoute)("%s", (_, route) =>
    service.run(async () => {
      const lacking = everybody.filter((who) => !may(who, route));
      for (const [state, who] of cells(route, lacking)) {
        expect([state, who, await refusedTo(who, route, state)]).toEqual([state, who, true]);
      }
    }),
  );
});

type Told = "done" | "refused" | `neither: ${number}`;
const toldBy = (status: number): Told => {
  if (status >= 200 && status < 300) return "done";
  return [400, 404, 405, 409, 410, 422].includes(status) ? "refused" : `neither: ${status}`;
};

// Stripe signs; who else comes is refused, whatever key it shows. Public keys are told to all (`webhook/roll-secret.test.ts`).
const open = everyRoute.filter(([, { path }]) => path !== "/stripe/events" && !path.endsWith("/jwks.json"));

describe("what they hold is done where its state allows it, and nothing else is", () => {
  test.each(open)("%s", (name, route) =>
    service.run(async () => {
      const holding = Role.options.filter((role) => may(role, route));
      for (const [state, role] of cells(route, holding)) {
        const id = await fresh(name, route, state);
        const { status } = await call(route, id, role, keys[role]);
        const wanted: Told = worksIn(name, state) ? "done" : "refused";
        expect([state, role, toldBy(status)]).toEqual([state, role, wanted]);
      }
    }),
  );
});

const shown = async (route: Route, role: Role): Promise<string> => {
  const { body } = await call(route, namedIn(route, "confirmed"), role, keys[role]);
  return JSON.stringify(body);
};
const isReader = (role: Role): boolean => (scopesOf[role] as readonly string[]).includes("customers:read");
const ofPeople = everyRoute.filter(([name]) => ["getOrder", "getOrderDisputes", "listOrders"].includes(name));

describe("a person's fields are masked for whoever lacks the scope for people, and for nobody else", () => {
  test.each(ofPeople)("%s", (_, route) =>
    service.run(async () => {
      for (const role of Role.options.filter((each) => may(each, route))) {
        const text = await shown(route, role);
        const told = fields.filter((field) => text.includes(field));
        expect([role, told]).toEqual([role, isReader(role) ? fields : []]);
        expect([role, isReader(role) || text.includes("***")]).toEqual([role, true]);
      }
    }),
  );
});

test("while a store is suspended its keys open nothing, whosever they are", () =>
  service.run(async () => {
    const [{ storeId }] = service.cloud.shops;
    await service.operate({ command: "suspend-store", storeId, reason: "the matrix", dryRun: false });
    for (const [name, route] of everyRoute.filter(([, { scope }]) => scope !== "public"))
      for (const role of Role.options) {
        const { status } = await call(route, namedIn(route, statesOf(route)[0] ?? ""), role, keys[role]);
        expect([name, role, status]).toEqual([name, role, 401]);
      }
  }));
