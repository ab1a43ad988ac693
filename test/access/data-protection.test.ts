import { expect, test } from "vitest";
import { hasAccepted, statement } from "#functions/access/data-protection.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { days } from "#functions/values/clock.ts";
import type { Scope } from "#functions/values/scope.ts";
import { type KeysApi, keysApi } from "./keys-api.ts";
import { acceptance } from "./things.ts";

const warehouse = { role: "fulfillment", principal: "warehouse" };
const blind: Scope[] = ["orders:read", "store:read", "agreements:write"];
const seeing: Scope[] = [...blind, "customers:read"];
const refused = { status: 403, body: { code: "data_protection_not_accepted" } };

const post = (house: KeysApi, path: string, body: object = {}) =>
  house.call<Record<string, unknown>>(house.owner.key, "POST", path, { body });
const accept = (house: KeysApi, key: string, body: object = acceptance) =>
  house.call<Record<string, unknown>>(key, "POST", "/data_protection_statement/acceptances", { body });

/** A warehouse that may see people since it has accepted what holds. */
const accepted = async () => {
  const house = await keysApi();
  const first = await house.make({ ...warehouse, scopes: blind });
  await accept(house, first.key);
  const seer = await house.make({ ...warehouse, scopes: seeing });
  return { house, first, seer, path: `/license_keys/${seer.id}` };
};

/** The text has changed since. */
const outdated = async () => {
  const { house, seer, ...rest } = await accepted();
  const key = { pk: house.storeId, sk: `principal#${seer.principal.id}` };
  const before = { version: "an older text", at: 1, keyId: "of then" };
  await house.on.table.commit([{ table: "access", key, change: { set: { accepted: before } } }]);
  return { house, seer, ...rest };
};

test("nobody who keeps copies gets customers:read before it has accepted, and the refusal says what to do", async () => {
  const house = await keysApi();
  const asked = [
    await post(house, "/license_keys", warehouse),
    await post(house, "/license_keys", { ...warehouse, scopes: ["customers:read"] }),
  ];
  for (const answer of asked) {
    expect(answer).toMatchObject(refused);
    expect(answer.body["detail"]).toContain(statement.version);
    expect(answer.body["detail"]).toContain("POST /data_protection_statement/acceptances");
  }
  const first = await house.make({ ...warehouse, scopes: blind });
  const wider = { body: { scopes: seeing } };
  const patched = await house.call(house.owner.key, "PATCH", `/license_keys/${first.id}`, wider);
  expect(patched).toMatchObject(refused);
  expect((await house.callerOf(first.key))?.scopes).toEqual(blind);
});

test("the operator is refused alike", async () => {
  const house = await keysApi();
  const issuing = house.issue({ role: "fulfillment" });
  await expect(issuing).rejects.toMatchObject({ code: "data_protection_not_accepted" });
});

test("once it has, a new key may see people, and the one that it has may be widened", async () => {
  const { house, first, seer } = await accepted();
  expect(seer.scopes).toEqual(seeing);
  const wider = { body: { scopes: seeing } };
  const patched = await house.call(house.owner.key, "PATCH", `/license_keys/${first.id}`, wider);
  expect([patched.status, (await house.callerOf(first.key))?.scopes]).toEqual([200, seeing]);
});

test("it accepts for itself alone", async () => {
  const { house } = await accepted();
  const other = { role: "fulfillment", principal: "another warehouse", scopes: seeing };
  expect(await post(house, "/license_keys", other)).toMatchObject(refused);
});

test("a store's own people need to accept nothing, and can't do it for others", async () => {
  const house = await keysApi();
  expect((await post(house, "/license_keys", { role: "admin", principal: "a colleague" })).status).toBe(201);
  expect(await accept(house, house.owner.key)).toMatchObject({ status: 403, body: { code: "forbidden" } });
});

test("it is accepted whole, in the text that holds now, or not at all", async () => {
  const house = await keysApi();
  const { key } = await house.make({ ...warehouse, scopes: blind });
  const [point = ""] = Object.keys(statement.points);
  const halves = [
    { ...acceptance, version: "an older text" },
    { version: statement.version },
    { ...acceptance, points: { ...acceptance.points, [point]: false } },
    { ...acceptance, points: { ...acceptance.points, [point]: undefined } },
  ];
  for (const half of halves) expect((await accept(house, key, half)).status).toBe(422);
  expect(house.acts()).not.toContain("data_protection.accepted");
  expect(await post(house, "/license_keys", { ...warehouse, scopes: seeing })).toMatchObject(refused);
});

test("every point and the version can be read by whoever is to accept them", async () => {
  const house = await keysApi();
  const { key } = await house.make({ ...warehouse, scopes: blind });
  const { status, body } = await house.call(key, "GET", "/data_protection_statement");
  expect([status, body]).toEqual([200, statement]);
  const text = JSON.stringify(body);
  for (const promise of ["encrypted at rest", "30 days", "customer.erased", "72 hours", "nothing else"])
    expect(text).toContain(promise);
});

test("who accepted what, when and by which key is on record and in the access review", async () => {
  const house = await keysApi();
  const first = await house.make({ ...warehouse, scopes: blind });
  house.on.clock.advance(days(1));
  const acceptedAt = new Date(house.on.now()).toISOString();
  const { version } = statement;
  expect(await accept(house, first.key)).toMatchObject({
    status: 201,
    body: { version, acceptedAt, isCurrent: true, principal: first.principal },
  });
  const record = house.on.table.rows("audit").find(({ action }) => action === "data_protection.accepted");
  expect(record).toMatchObject({
    at: house.on.now(),
    decidedBy: "agreements:write",
    actor: { keyId: first.id, principalId: first.principal.id },
    about: { principalId: first.principal.id, version },
  });
  const { body } = await house.call<object>(house.owner.key, "GET", "/access_review");
  const shown = expect.objectContaining({
    id: first.principal.id,
    accepted: { version, acceptedAt, isCurrent: true },
  });
  expect(body).toMatchObject({ principals: expect.arrayContaining([shown]) });
});

test("under a new text what was granted goes on; it is granted, rolled and reviewed anew once that is accepted", async () => {
  const { house, first, seer, path } = await outdated();
  expect((await house.callerOf(seer.key))?.scopes).toEqual(seeing);
  const renewals = [
    () => post(house, "/license_keys", { ...warehouse, scopes: seeing }),
    () => post(house, "/access_review", { licenseKeys: [seer.id] }),
    () => post(house, `${path}/roll`),
  ];
  for (const renew of renewals) expect(await renew()).toMatchObject(refused);
  // It may be narrowed and revoked at any time: nothing is in the way of less.
  const narrower = { body: { cidrs: ["192.0.2.0/24"] } };
  expect((await house.call(house.owner.key, "PATCH", path, narrower)).status).toBe(200);
  await accept(house, first.key);
  for (const renew of renewals) expect((await renew()).status).toBeLessThan(300);
});

test("who does not accept a new text sees nobody any more after 90 days", async () => {
  const { house, seer } = await outdated();
  house.on.clock.advance(days(89));
  await house.sweep();
  expect(await house.works(seer.key)).toBe(true);
  expect(await post(house, "/access_review", { licenseKeys: [seer.id] })).toMatchObject(refused);
  house.on.clock.advance(days(1));
  await house.sweep();
  await house.sweep();
  expect(await house.works(seer.key)).toBe(false);
});

test("one word tells other features whether a principal is bound by what holds now", async () => {
  const current = await accepted();
  const old = await outdated();
  for (const [{ house, seer }, is] of [
    [current, true],
    [old, false],
  ] as const) {
    const principal = await principalStore(house.on.table).get(house.storeId, seer.principal.id);
    expect(principal && hasAccepted(principal)).toBe(is);
  }
  expect(hasAccepted({})).toBe(false);
});
