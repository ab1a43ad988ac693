import { beforeEach, describe, expect, test } from "vitest";
import type { EventEnvelope } from "#events/define-event.ts";
import { exampleOrder } from "#events/facts.ts";
import { statement } from "#functions/access/data-protection.ts";
import { changedKey, createdKey, revokedKey } from "#functions/access/license-key.store.ts";
import { acceptingPrincipal, createdPrincipal, revokedPrincipal } from "#functions/access/principal.store.ts";
import type { Principal } from "#functions/access/principal.ts";
import type { StoredKey } from "#functions/access/stored-key.ts";
import { placedOrder } from "#functions/order/order.store.ts";
import { destroyedCheckoutKey, restrictedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { days, minutes } from "#functions/values/clock.ts";
import type { CheckoutId, OrderId } from "#functions/values/id.ts";
import { createdReplay } from "#functions/webhook/replay.store.ts";
import { wire } from "#functions/webhook/webhook.handler.ts";
import { anOrder } from "#test/examples.ts";
import { aCaller, apiEvent } from "#test/fakes/api-event.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { answer, storeId, webhookWorld } from "./world.ts";

const keptBy = "prn_1123456789abcdefghjkmnpqrs";
const askedBy = "0123456789ab";
const subject = { storeId, checkoutId: exampleOrder.checkoutId as CheckoutId };
const keeper: Principal = {
  id: keptBy,
  storeId,
  role: "fulfillment",
  createdAt: 0,
  accepted: { version: statement.version, at: 0, keyId: "k" },
};
const asking: StoredKey = {
  publicId: askedBy,
  storeId,
  principalId: "prn_2123456789abcdefghjkmnpqrs",
  role: "admin",
  scopes: ["webhooks:write", "customers:read"],
  livemode: false,
  digest: new Uint8Array(32),
  pepperVersion: "1",
  lastFour: "abcd",
  version: 1,
  createdAt: 0,
};
const address = {
  name: "Ada King",
  lineOne: "Teststraße 1",
  city: "Berlin",
  state: "BE",
  postalCode: "10115",
  country: "DE",
};
const contact = {
  buyer: { email: "ada@example.com", firstName: "Ada", lastName: "King", phone: "+49 30 123456" },
  delivery: { address },
};
const shown = { name: "Ada King", email: "ada@example.com", address };
const masks = {
  name: "A*** K***",
  email: "a***@***",
  address: {
    name: "A*** K***",
    lineOne: "***",
    city: "***",
    state: "BE",
    postalCode: "***",
    country: "DE",
  },
};

let world: ReturnType<typeof webhookWorld>;
let event: EventEnvelope;
beforeEach(async () => {
  world = webhookWorld(1);
  const { table, now } = world.platform;
  const { write, cipher } = await fakeEnvelope(table).create(subject, {
    customerId: undefined,
    now: now(),
    until: now() + days(730),
  });
  const sealedContact = await cipher.seal("contact", contact);
  const order = anOrder({ ...subject, id: exampleOrder.orderId as OrderId, sealedContact });
  await table.commit([write, placedOrder(order, now()), createdPrincipal(keeper), ...createdKey(asking)]);
  event = await world.record(1);
});

/** Registers an endpoint by the API and has its receiver prove it. */
const register = async ({
  body = {},
  scopes = asking.scopes,
}: {
  body?: object;
  scopes?: StoredKey["scopes"];
} = {}) => {
  const { platform, seal } = world;
  const environment = { get: () => "public", find: () => "" };
  const handler = wire({ ...platform, environment, enqueue: async () => undefined, seal } as never);
  const url = "https://erp.example.com/hooks";
  const request = apiEvent({
    method: "POST",
    path: "/webhook_endpoints",
    caller: aCaller({ storeId, keyId: askedBy, scopes }),
    body: { url, customer: { keptBy }, ...body },
  });
  const given = (await handler(request, aContext())) as { statusCode: number; body: string };
  return { statusCode: given.statusCode, body: JSON.parse(given.body) };
};

const isProven = (id: string) =>
  world.platform.table.commit([
    {
      table: "webhooks",
      key: { pk: storeId, sk: `endpoint#${id}` },
      change: { set: { verifiedAt: 0, createdAt: 0, listensSince: 0 } as never },
    },
  ]);

const registered = async (given?: Parameters<typeof register>[0]) => {
  const { body } = await register(given);
  await isProven(body.id);
  return body;
};

const bodies = () => world.calls.map(({ body }) => JSON.parse(body ?? ""));
const records = () => world.platform.table.rows("audit").filter(({ action }) => action === "customer.told");
const told = async () => {
  await world.fanOut(event);
  await world.run(0);
  return bodies().at(-1).customer;
};

test("an endpoint that may is told who bought, and each time is on record before it is sent", async () => {
  const { id, customer } = await registered();
  expect(customer).toEqual({ keptBy, isShown: true });
  let before = 0;
  world.receivers.set("https://erp.example.com/hooks", () => {
    before = records().length;
    return answer(204);
  });
  expect(await told()).toEqual(shown);
  expect(before).toBe(1);
  expect(records()).toMatchObject([
    {
      storeId,
      actor: { role: "service", principalId: keptBy, keyId: askedBy },
      decidedBy: "customers:read",
      about: { endpointId: id, eventId: event.id },
      subjects: [exampleOrder.orderId],
    },
  ]);
  expect(JSON.stringify(records())).not.toMatch(/Ada|ada@/);
});

test("where the record cannot be written nothing is sent", async () => {
  await registered();
  await world.fanOut(event);
  const { table } = world.platform;
  world.through({
    ...table,
    commit: async (writes) => {
      if (writes.some((write) => write.table === "audit")) throw new Error("the audit is away");
      return table.commit(writes);
    },
  });
  await expect(world.run(0)).rejects.toThrow("the audit is away");
  expect(world.calls).toEqual([]);
});

test("who says back whom it was told of leaves nothing of them with us", async () => {
  await registered();
  world.receivers.set("https://erp.example.com/hooks", ({ body }) => {
    const { address: said } = JSON.parse(body ?? "").customer;
    return { ...answer(500), body: Buffer.from(JSON.stringify(said)) };
  });
  await told();
  expect(world.deliveries()).toMatchObject([{ lastStatus: 500 }]);
  expect(JSON.stringify(world.deliveries())).not.toMatch(/Ada|Berlin/);
});

test("who did not ask is told of nobody", async () => {
  await world.endpoint();
  await world.fanOut(event);
  await world.run(0);
  expect(bodies()).toHaveLength(1);
  expect(bodies()[0]).not.toHaveProperty("customer");
});

describe("in masks, and not on record, it is told by", () => {
  const cases: Readonly<Record<string, () => Promise<unknown>>> = {
    "a key without customers:read": () => registered({ scopes: ["webhooks:write"] }),
    "a keeper that has not accepted": async () => {
      const other = { ...keeper, id: "prn_3123456789abcdefghjkmnpqrs" as const, accepted: undefined };
      await world.platform.table.commit([createdPrincipal(other as never)]);
      await registered({ body: { customer: { keptBy: other.id } } });
    },
    "a keeper that accepted an older text": async () => {
      const accepted = { version: "older", at: 0, keyId: "k" };
      const other = { ...keeper, id: "prn_3123456789abcdefghjkmnpqrs" as const, accepted };
      await world.platform.table.commit([createdPrincipal(other)]);
      await registered({ body: { customer: { keptBy: other.id } } });
    },
    "a keeper that has not accepted the text that holds since": async () => {
      await registered();
      const older = { version: "older", at: 0, keyId: "k" };
      await world.platform.table.commit([acceptingPrincipal(keeper, older)]);
    },
    "a keeper that was revoked since": async () => {
      await registered();
      await world.platform.table.commit([revokedPrincipal(keeper, 1)]);
    },
    "a key that was revoked since": async () => {
      await registered();
      await world.platform.table.commit([revokedKey(askedBy, 1)]);
    },
    "a key that may see people no longer": async () => {
      await registered();
      await world.platform.table.commit([changedKey(asking, { scopes: ["webhooks:write"] }, 1)]);
    },
    "a key of a store that is stopped": async () => {
      await registered();
      await world.platform.table.commit([changedKey(asking, { storeStoppedAt: 1 }, 1)]);
    },
    "a key that showed up in public": async () => {
      await registered();
      await world.platform.table.commit([changedKey(asking, { suspendedAt: 1, suspendedFor: "exposed" }, 1)]);
    },
  };
  test.each(Object.entries(cases))("%s", async (_, make) => {
    await make();
    expect(await told()).toEqual(masks);
    expect(records()).toEqual([]);
  });
});

test("a key that was rolled leaves what it asked for", async () => {
  await registered();
  await world.platform.table.commit([changedKey(asking, { rolledTo: "abababababab", expiresAt: 1 }, 1)]);
  expect(await told()).toEqual(shown);
});

describe("there is nobody to tell of", () => {
  const ends = {
    "after an erasure": () => destroyedCheckoutKey(subject),
    "while it is frozen": () => restrictedCheckoutKey({ subject, expiresAtSeconds: 1 } as never, 1),
  };
  test.each(Object.entries(ends))("%s: a retry says all else to the byte", async (_, write) => {
    await registered();
    world.receivers.set("https://erp.example.com/hooks", (_request, count) =>
      answer(count === 1 ? 500 : 204),
    );
    await told();
    await world.platform.table.commit([write()]);
    await world.run(minutes(1));
    const [first, second] = bodies();
    expect([first.customer, second.customer]).toEqual([shown, null]);
    expect({ ...second, customer: shown }).toEqual(first);
    expect(records()).toHaveLength(1);
    expect(world.platform.logged.filter(({ message }) => /something else/.test(message))).toEqual([]);
  });

  test.each(Object.entries(ends))("%s: nor by a replay for one that came later", async (_, write) => {
    await world.platform.table.commit([write()]);
    const { id } = await registered();
    const now = world.platform.now();
    const at = { from: 0, to: now, requestedAt: now, updatedAt: now };
    const replay = {
      id: "rpl_00000000000000000000000001",
      endpointId: id,
      storeId,
      version: 1,
      only: "all",
      resent: 0,
    } as const;
    const made = createdReplay({ ...at, ...replay, status: "running" } as never);
    await world.platform.table.commit([made]);
    await world.run(minutes(2));
    expect(bodies()).toMatchObject([{ id: event.id, customer: null }]);
    expect(records()).toEqual([]);
  });
});

test("of what is no order's event it is told of nobody", async () => {
  await registered();
  const shared = { definition: { type: "refund.succeeded", data: { parse: (data: unknown) => data } } };
  await world.fanOut(event);
  event = await world.record(2, shared);
  expect(await told()).toBeUndefined();
});

test.each([
  ["thin", { kind: "thin" }, "$.customer"],
  ["acp", { kind: "acp", principalId: "prn_4123456789abcdefghjkmnpqrs" }, "$.customer"],
  [
    "a keeper of another store",
    { customer: { keptBy: "prn_5123456789abcdefghjkmnpqrs" } },
    "$.customer.keptBy",
  ],
])("is refused for %s", async (_, body, param) => {
  expect(await register({ body })).toMatchObject({ statusCode: 422, body: { param } });
});
