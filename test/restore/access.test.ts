import { beforeEach, describe, expect, test } from "vitest";
import { createdPrincipal, principalStore } from "#functions/access/principal.store.ts";
import { namedPrincipal, nameKept } from "#functions/access/principal-name.store.ts";
import type { Action } from "#functions/audit/audit.ts";
import { domainStore, speakingDomain } from "#functions/domain/domain.store.ts";
import { vouched } from "#functions/domain/domain.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { allTokensKilledAt } from "#functions/store/token-switch.store.ts";
import { ownGrant } from "#functions/support/support-grant.store.ts";
import { days } from "#functions/values/clock.ts";
import { alphabet, type StoreId } from "#functions/values/id.ts";
import { principalId, storeId } from "#test/examples.ts";
import { aKey, openService, type Service } from "./service.ts";

const keyId = "abcdefghijkl";
const host = "shop.example.com";
const grantId = "sup_01jdab3h8w9zq4t6vxk2m5n7pr";
const other: StoreId = "store_00000000000000000000000002";
let service: Service;

/** A live store with a key, a principal, a domain and somebody of support; copied, and then all of it lost. */
beforeEach(async () => {
  service = await openService({ livemode: true, verifiedDomains: [host] });
  const { on } = service;
  const domain = vouched(undefined, { storeId, livemode: true, host }, on.now());
  await on.table.commit([
    ...speakingDomain({ before: undefined, after: domain, claim: undefined }),
    createdPrincipal({ id: principalId, storeId, role: "agent", createdAt: 1 }),
    namedPrincipal({ id: principalId, storeId }, Uint8Array.of(1), on.now()),
  ]);
  await service.put("access", aKey(keyId));
  await service.put("access", {
    ...{ pk: storeId, sk: `support#${grantId}`, id: grantId, storeId, livemode: true, status: "active" },
    ...{ version: 1, sealedPerson: new Uint8Array(9), keyId, scopes: ["orders:read"], reason: "a ticket" },
    ...{ grantedBy: principalId, createdAt: 1, endsAt: on.now() + 3_600_000 },
  });
  await service.copy();
});

const lostAndBack = async (given: { audit?: "whole" | "broken" } = {}) => {
  await service.lose("access");
  await service.restore(given);
};
const store = () => storeStore(service.on.table).get(storeId);
const domain = () => domainStore(service.on.table).get(storeId, host);
const claim = () => domainStore(service.on.table).claim(host);
const grant = () => ownGrant(service.on.table, { storeId }, grantId);
const principal = () => principalStore(service.on.table).get(storeId, principalId);
const fences = async () => {
  const rows = service.on.table.rows("access").filter(({ sk }) => sk === "fence");
  return rows.length;
};

test("what nobody ended comes back open", async () => {
  await lostAndBack();
  expect(await service.key(keyId)).toMatchObject({ version: 1 });
  expect((await service.key(keyId))?.revokedAt).toBeUndefined();
  expect(await store()).toMatchObject({ status: "active", verifiedDomains: [host] });
  expect(await fences()).toBe(0);
  expect(await domain()).toMatchObject({ status: "verified" });
  expect(await claim()).toMatchObject({ storeId, free: false });
  expect(await grant()).toMatchObject({ status: "active" });
  expect((await principal())?.revokedAt).toBeUndefined();
});

describe("a key", () => {
  test.each<[Action, Record<string, string>]>([
    ["key.revoked", { keyId }],
    ["key.rolled", { keyId, successorId: "successorKey" }],
    ["key.roll_canceled", { keyId: "predecessor1", successorId: keyId }],
    ["key.restricted", { keyId }],
    ["key.suspended", { keyId }],
    ["key.exposed", { keyId }],
    ["key.leaked", { keyId }],
    ["principal.revoked", { principalId }],
    ["support.ended", { grantId, keyId }],
  ])("does not open again after %s", async (action, about) => {
    await service.record(action, about);
    await lostAndBack();
    expect((await service.key(keyId))?.revokedAt).toBeDefined();
  });

  test("does not open again where its row alone was lost, nor by a record of a moment before the copy", async () => {
    service.on.clock.advance(-10 * 60_000);
    await service.record("key.revoked", { keyId });
    await service.lose("access", ({ pk }) => pk === `key#${keyId}`);
    await service.restore();
    expect((await service.key(keyId))?.revokedAt).toBeDefined();
  });

  test("that lives revoked is not written over by the one that was not", async () => {
    await service.put("access", aKey(keyId, { revokedAt: 7, version: 2 }));
    await service.restore();
    expect(await service.key(keyId)).toMatchObject({ revokedAt: 7, version: 2 });
  });

  test("counts on after the last event that was told of it", async () => {
    await service.put("outbox", { pk: `${storeId}#key:${keyId}`, sk: "event#00000005", version: 5 });
    await lostAndBack();
    expect(await service.key(keyId)).toMatchObject({ version: 5 });
  });

  test("stays stopped with its store", async () => {
    await service.record("store.suspended");
    await lostAndBack();
    expect((await service.key(keyId))?.storeStoppedAt).toBeDefined();
  });
});

describe("a principal's name", () => {
  const end = async () =>
    Number(
      (await service.on.table.get("access", { pk: storeId, sk: `name#${principalId}` }))?.[
        "expiresAtSeconds"
      ],
    );

  test("comes back with the end that it had, or with that of whoever left since", async () => {
    const had = await end();
    await lostAndBack();
    expect(await end()).toBe(had);
    await service.record("principal.revoked", { principalId });
    await lostAndBack();
    expect(await end()).toBe(Math.ceil((service.on.now() + nameKept) / 1_000));
  });
});

describe("a store", () => {
  test.each([
    ["store.suspended", "suspended"],
    ["store.closed", "closed"],
  ] as const)("is stopped again after %s, and no session begins", async (action, status) => {
    await service.record(action);
    await lostAndBack();
    expect(await store()).toMatchObject({ status });
    expect(await fences()).toBe(alphabet.length);
  });

  test("that went on again comes back as the copy has it", async () => {
    await service.record("store.suspended");
    await service.record("store.resumed");
    await lostAndBack();
    expect(await store()).toMatchObject({ status: "active" });
    expect((await service.key(keyId))?.storeStoppedAt).toBeUndefined();
  });

  test.each([
    ["its own", storeId, "store", undefined],
    ["all", undefined, "all", expect.any(Number)],
  ] as const)("uses no token again after %s were killed", async (_, of, tokensKilledWith, all) => {
    if (of) await service.record("tokens.killed", {}, of);
    else await service.recordOfAll("tokens.killed");
    await lostAndBack();
    expect(await store()).toMatchObject({ tokensKilledAt: expect.any(Number), tokensKilledWith });
    expect(await allTokensKilledAt(service.on.table)).toEqual(all);
  });
});

describe("a domain", () => {
  test.each(["domain.suspended", "domain.transferred", "domain.removed"] as const)(
    "does not speak again after %s: not in its row, its claim or its store",
    async (action) => {
      await service.record(action, { domain: host });
      await lostAndBack();
      expect(await domain()).toMatchObject({ status: "suspended" });
      expect(await claim()).toMatchObject({ free: true });
      expect(await store()).toMatchObject({ verifiedDomains: [] });
      expect(await fences()).toBe(alphabet.length);
    },
  );

  test("does not speak again for whom another store has outdone", async () => {
    await service.record("domain.verified", { domain: host, method: "dns" }, other);
    await lostAndBack();
    expect(await domain()).toMatchObject({ status: "suspended" });
    expect(await claim()).toMatchObject({ free: true });
  });

  test("that its own store proved anew goes on", async () => {
    await service.record("domain.verified", { domain: host, method: "dns" });
    await lostAndBack();
    expect(await domain()).toMatchObject({ status: "verified" });
  });
});

test("access of support that was ended does not begin again, and a principal stays revoked", async () => {
  await service.record("support.ended", { grantId, keyId });
  await service.record("principal.revoked", { principalId });
  await lostAndBack();
  expect(await grant()).toMatchObject({ status: "ended", endedAt: expect.any(Number) });
  expect((await principal())?.revokedAt).toBeDefined();
});

test("an endpoint that was removed hears nothing again; another does", async () => {
  const endpoint = { pk: storeId, storeId, tests: 0 };
  const [gone, kept] = ["we_1", "we_2"];
  for (const id of [gone, kept]) await service.put("webhooks", { ...endpoint, sk: `endpoint#${id}`, id });
  await service.copy();
  await service.record("webhook_endpoint.removed", { endpointId: gone });
  await service.lose("webhooks");
  await service.restore();
  expect(service.on.table.rows("webhooks").map(({ id }) => id)).toEqual([kept]);
});

test("an endpoint that was disabled since stays so, and one that was enabled again is", async () => {
  const endpoint = { pk: storeId, storeId, tests: 0, status: "enabled" };
  const ids = ["we_1", "we_2"];
  for (const id of ids) await service.put("webhooks", { ...endpoint, sk: `endpoint#${id}`, id });
  await service.copy();
  for (const endpointId of ids)
    await service.record("webhook_endpoint.changed", { endpointId, status: "disabled" });
  await service.record("webhook_endpoint.changed", { endpointId: "we_2", status: "enabled" });
  await service.record("webhook_endpoint.changed", { endpointId: "we_1" });
  await service.lose("webhooks");
  await service.restore();
  expect(service.on.table.rows("webhooks").map(({ status }) => status)).toEqual(["disabled", "enabled"]);
});

describe("what a store is reached by, and reaches others by", () => {
  const ends = () =>
    [...service.on.table.rows("access"), ...service.on.table.rows("webhooks")]
      .filter(({ sk }) => /^(connector|agent-feed#.*|endpoint#.*)$/.test(sk))
      .map(({ expiresAtSeconds }) => expiresAtSeconds);
  const bothLostAndBack = async () => {
    await service.lose("webhooks");
    await lostAndBack();
  };

  beforeEach(async () => {
    await service.put("access", { pk: storeId, sk: "connector", storeId });
    await service.put("access", { pk: storeId, sk: "agent-feed#chat", storeId, name: "chat" });
    await service.put("webhooks", { pk: storeId, sk: "endpoint#we_1", storeId, id: "we_1", tests: 0 });
    await service.copy();
  });

  test("comes back without an end, as it was", async () => {
    await bothLostAndBack();
    expect(ends()).toEqual([undefined, undefined, undefined]);
  });

  test("comes back with an end where its store was closed since", async () => {
    await service.record("store.closed");
    await bothLostAndBack();
    const inDays = ends().map((end) => Math.round((Number(end) * 1_000 - service.on.now()) / days(1)));
    expect(inDays).toEqual([180, 180, 180]);
  });
});

test("whatever opens something comes back shut where the records are not whole", async () => {
  await service.put("webhooks", { pk: storeId, sk: "endpoint#we_1", storeId, id: "we_1", tests: 0 });
  await service.copy();
  await service.lose("webhooks");
  await lostAndBack({ audit: "broken" });
  expect(service.on.table.rows("webhooks").map(({ status }) => status)).toEqual(["disabled"]);
  expect((await service.key(keyId))?.revokedAt).toBeDefined();
  expect(await store()).toMatchObject({ status: "suspended", verifiedDomains: [] });
  expect(await domain()).toMatchObject({ status: "suspended" });
  expect(await claim()).toMatchObject({ free: true });
  expect(await grant()).toMatchObject({ status: "ended" });
});
