import { expect, test } from "vitest";
import { days, hours, seconds } from "#functions/values/clock.ts";
import { keysApi, type Shown } from "./keys-api.ts";

const aKey = { role: "agent", principal: "ChatGPT" } as const;

test("a key is shown at its birth and then by what tells it from others", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  expect(await house.works(made.key)).toBe(true);
  const listed = await house.call<{ licenseKeys: Shown[] }>(house.owner.key, "GET", "/license_keys");
  expect(listed.body.licenseKeys.find(({ id }) => id === made.id)).toEqual({
    id: made.id,
    prefix: `lk_test_${made.id}`,
    lastFour: made.key.slice(-10, -6),
    role: "agent",
    principal: { id: made.principal.id, name: "ChatGPT" },
    grantedBy: house.owner.principalId,
    grantedWith: house.owner.keyId,
    scopes: ["checkouts:read", "checkouts:write", "products:read"],
    livemode: false,
    status: "active",
    ends: { at: new Date(house.on.now() + days(90)).toISOString(), because: "unreviewed" },
    createdAt: new Date(house.on.now()).toISOString(),
    lastUsedAt: new Date(house.on.now()).toISOString(),
  });
  expect(listed.text).not.toMatch(/digest|pepper|sealed|version/);
  expect(listed.text).not.toContain(made.key);
});

test("the list goes on where its page ended", async () => {
  const house = await keysApi();
  for (let count = 0; count < 4; count += 1) await house.make(aKey);
  const seen: string[] = [];
  for (let path: string | undefined = "/license_keys?limit=2"; path; ) {
    const { body }: { body: { licenseKeys: Shown[]; next?: string } } = await house.call(
      house.owner.key,
      "GET",
      path,
    );
    seen.push(...body.licenseKeys.map(({ id }) => id));
    path = body.next && `/license_keys?limit=2&after=${body.next}`;
  }
  expect([seen.length, new Set(seen).size]).toEqual([5, 5]);
});

test("the same request shows the same key again for an hour, and nothing of it after", async () => {
  const house = await keysApi();
  const ask = () =>
    house.call(house.owner.key, "POST", "/license_keys", { body: aKey, idempotencyKey: "one" });
  const first = await ask();
  house.on.clock.advance(hours(1) - 1);
  expect(await ask()).toEqual({ ...first, replayed: true, text: expect.any(String) });
  house.on.clock.advance(1);
  expect(await ask()).toMatchObject({ status: 201, replayed: true, body: { id: first.body.id } });
  expect((await ask()).body.key).toBeUndefined();
  const held = async () => (await house.keys.get(first.body.id))?.sealedKey;
  expect(await held()).toBeDefined();
  await house.sweep();
  expect(await held()).toBeUndefined();
});

test("a repeat shows a key to nobody who could not have it made now", async () => {
  const house = await keysApi();
  const ask = (key: string, path: string, idempotencyKey: string, body: object = {}) =>
    house.call(key, "POST", path, { body, idempotencyKey });
  const narrow = await house.make({
    role: "admin",
    principal: house.owner.principalId,
    scopes: ["keys:read", "keys:write"],
  });
  const made = await ask(house.owner.key, "/license_keys", "one", aKey);
  expect(await ask(narrow.key, "/license_keys", "one", aKey)).toMatchObject({ status: 403 });
  const roll = `/license_keys/${made.body.id}/roll`;
  await ask(house.owner.key, roll, "two");
  expect(await ask(narrow.key, roll, "two")).toMatchObject({ status: 403 });
});

test("whoever rolls their own key is shown the new one again, though the old one now ends before it", async () => {
  const house = await keysApi();
  const path = `/license_keys/${house.owner.keyId}/roll`;
  const roll = () => house.call(house.owner.key, "POST", path, { idempotencyKey: "one" });
  const first = await roll();
  expect((await roll()).body).toEqual(first.body);
});

test("neither the key nor its secret is in any row, record, event or log", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  const rolled = await house.call(house.owner.key, "POST", `/license_keys/${made.id}/roll`);
  const names = ["access", "commerce", "outbox", "audit"] as const;
  const stored = names
    .flatMap((name) => house.on.table.rows(name))
    .flatMap((row) => Object.values(row))
    .map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : JSON.stringify(value),
    )
    .concat(JSON.stringify(house.on.logged))
    .join(" ");
  for (const key of [made.key, rolled.body.key ?? ""]) {
    expect(stored).not.toContain(key.slice(20, 63));
    expect(stored).not.toContain(key);
  }
});

test("a roll: both work, each with its own last use; after the overlap the old one never", async () => {
  const house = await keysApi();
  const old = await house.make({ ...aKey, scopes: ["products:read"], cidrs: ["192.0.2.0/24"] });
  const { body: next } = await house.call(house.owner.key, "POST", `/license_keys/${old.id}/roll`, {
    body: { overlapSeconds: 3_600 },
  });
  expect(next).toMatchObject({ rolledFrom: old.id, scopes: old.scopes, cidrs: old.cidrs, role: "agent" });
  expect([await house.works(old.key), await house.works(next.key)]).toEqual([true, true]);
  const shown = await house.call(house.owner.key, "GET", `/license_keys/${old.id}`);
  expect(shown.body).toMatchObject({ rolledTo: next.id, lastUsedAt: expect.any(String) });
  house.on.clock.advance(seconds(3_600) - 1);
  expect(await house.works(old.key)).toBe(true);
  house.on.clock.advance(1);
  expect([await house.works(old.key), await house.works(next.key)]).toEqual([false, true]);
});

test("a roll without overlap revokes, one of more than seven days is refused, and so is a second one", async () => {
  const house = await keysApi();
  const old = await house.make(aKey);
  const roll = (overlapSeconds: number) =>
    house.call(house.owner.key, "POST", `/license_keys/${old.id}/roll`, { body: { overlapSeconds } });
  expect((await roll(604_801)).status).toBe(422);
  expect((await roll(604_800)).status).toBe(201);
  expect((await roll(0)).status).toBe(409);
  const other = await house.make(aKey);
  await house.call(house.owner.key, "POST", `/license_keys/${other.id}/roll`, {
    body: { overlapSeconds: 0 },
  });
  expect((await house.keys.get(other.id))?.revokedAt).toBe(house.on.now());
  expect(await house.works(other.key)).toBe(false);
});

test("a canceled roll leaves all as it was, and the new key dead", async () => {
  const house = await keysApi();
  const expiresAt = new Date(house.on.now() + days(30)).toISOString();
  const old = await house.make({ ...aKey, expiresAt });
  const path = `/license_keys/${old.id}/roll`;
  const { body: next } = await house.call(house.owner.key, "POST", path);
  expect(next.expiresAt).toBe(expiresAt);
  const canceled = await house.call(house.owner.key, "POST", `${path}/cancel`);
  expect(canceled.body).toMatchObject({ id: old.id, expiresAt, status: "active" });
  expect(canceled.body.rolledTo).toBeUndefined();
  house.on.clock.advance(days(2));
  expect([await house.works(old.key), await house.works(next.key)]).toEqual([true, false]);
  expect((await house.call(house.owner.key, "POST", `${path}/cancel`)).status).toBe(409);
});

test("after its overlap nothing brings an old key back", async () => {
  const house = await keysApi();
  const old = await house.make(aKey);
  const path = `/license_keys/${old.id}`;
  await house.call(house.owner.key, "POST", `${path}/roll`);
  house.on.clock.advance(days(1));
  const tries = [
    await house.call(house.owner.key, "POST", `${path}/roll/cancel`),
    await house.call(house.owner.key, "POST", `${path}/roll`),
    await house.call(house.owner.key, "PATCH", path, { body: { expiresAt: null } }),
    await house.call(house.owner.key, "POST", "/access_review", { body: { licenseKeys: [old.id] } }),
  ];
  expect(tries.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
  expect(await house.works(old.key)).toBe(false);
});

test("a key works from its networks only, and is refused elsewhere like one that never was", async () => {
  const house = await keysApi();
  const made = await house.make({ ...aKey, cidrs: ["192.0.2.0/24", "2001:db8::/32"] });
  expect(await house.works(made.key, "192.0.2.200")).toBe(true);
  expect(await house.works(made.key, "2001:db8::5")).toBe(true);
  expect(await house.works(made.key, "198.51.100.1")).toBe(false);
  expect(JSON.stringify([house.on.logged, house.on.table.rows("access")])).not.toContain("192.0.2.200");
});

test("a key is narrowed at will, and widened up to its role", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  const patch = (body: object) => house.call(house.owner.key, "PATCH", `/license_keys/${made.id}`, { body });
  expect((await patch({ scopes: ["products:read"], cidrs: ["192.0.2.0/24"] })).body).toMatchObject({
    scopes: ["products:read"],
    cidrs: ["192.0.2.0/24"],
  });
  expect((await house.callerOf(made.key))?.scopes).toEqual(["products:read"]);
  expect((await patch({ scopes: ["orders:read"] })).status).toBe(422);
  expect((await patch({ scopes: ["checkouts:write"], cidrs: null })).body).toMatchObject({
    scopes: ["checkouts:write"],
  });
  expect((await patch({ expiresAt: new Date(house.on.now()).toISOString() })).status).toBe(422);
  expect((await patch({ expiresAt: new Date(house.on.now() + 10).toISOString() })).status).toBe(200);
  house.on.clock.advance(10);
  expect(await house.works(made.key)).toBe(false);
});

test("nobody gives away more than they have, by whatever road", async () => {
  const house = await keysApi();
  const few = await house.issue({ role: "admin", scopes: ["keys:read", "keys:write", "products:read"] });
  const narrow = await house.make({ role: "integration", principal: "ERP", scopes: ["products:read"] });
  const road = (method: "POST" | "PATCH", path: string, body: object = {}) =>
    house.call<{ code?: string }>(few.key, method, path, { body });
  const roads = [
    await road("POST", "/license_keys", { role: "agent", principal: "a" }),
    await road("POST", "/license_keys", { role: "admin", principal: "b" }),
    await road("POST", `/license_keys/${house.owner.keyId}/roll`),
    await road("PATCH", `/license_keys/${few.keyId}`, { scopes: ["keys:write", "orders:read"] }),
    await road("PATCH", `/license_keys/${narrow.id}`, { scopes: ["products:read", "products:write"] }),
  ];
  expect(roads.map(({ status, body }) => [status, body.code])).toEqual(Array(5).fill([403, "forbidden"]));
  const fine = await road("POST", "/license_keys", {
    role: "integration",
    principal: "shelf",
    scopes: ["products:read"],
  });
  expect(fine.status).toBe(201);
});

test("a key that is revoked while it grants has granted nothing", async () => {
  const house = await keysApi();
  const grantor = await house.issue({ role: "admin" });
  const { table } = house.on;
  const { commit } = table;
  table.commit = async (writes) => {
    if (writes.some(({ table: name }) => name === "audit")) {
      table.commit = commit;
      await house.call(house.owner.key, "POST", `/license_keys/${grantor.keyId}/revoke`);
    }
    return commit(writes);
  };
  const asked = await house.call(grantor.key, "POST", "/license_keys", { body: aKey });
  expect(asked.status).toBe(403);
  expect((await house.keys.list(house.storeId)).map(({ role }) => role)).toEqual(["admin", "admin"]);
});

test("a key cannot shed its own bounds, nor make a copy without them", async () => {
  const house = await keysApi();
  const expiresAt = house.on.now() + days(2);
  const bound = await house.issue({ role: "admin", cidrs: ["192.0.2.0/24"], expiresAt });
  const asBound = (method: "POST" | "PATCH", path: string, body: object) =>
    house.call(bound.key, method, path, { body });
  const own = `/license_keys/${bound.keyId}`;
  const until = new Date(expiresAt).toISOString();
  const tries = [
    await asBound("PATCH", own, { cidrs: null }),
    await asBound("PATCH", own, { cidrs: ["192.0.2.0/23"] }),
    await asBound("PATCH", own, { expiresAt: null }),
    await asBound("POST", "/license_keys", { role: "admin", principal: "copy" }),
    await asBound("POST", "/license_keys", { role: "admin", principal: "copy", cidrs: ["192.0.2.0/24"] }),
    await asBound("POST", `/license_keys/${house.owner.keyId}/roll`, {}),
  ];
  expect(tries.map(({ status }) => status)).toEqual(Array(6).fill(403));
  const copy = { role: "admin", principal: "copy", cidrs: ["192.0.2.128/25"], expiresAt: until };
  expect((await asBound("POST", "/license_keys", copy)).status).toBe(201);
  expect((await asBound("POST", "/license_keys", aKey)).status).toBe(201);
});

test("whoever leaves: all their keys end in one call, and they get no other", async () => {
  const house = await keysApi();
  const made = [await house.make(aKey), await house.make(aKey), await house.make(aKey)];
  const kept = await house.make({ ...aKey, principal: "Gemini" });
  const path = `/principals/${made[0]?.principal.id}/revoke`;
  const revoked = await house.call<{ keys: number }>(house.owner.key, "POST", path);
  expect(revoked.body).toMatchObject({ keys: 3, revokedAt: new Date(house.on.now()).toISOString() });
  expect(await Promise.all([...made, kept].map(({ key }) => house.works(key)))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect((await house.call(house.owner.key, "POST", "/license_keys", { body: aKey })).status).toBe(409);
  expect((await house.call(house.owner.key, "POST", `/license_keys/${made[0]?.id}/roll`)).status).toBe(409);
  expect(house.acts().filter((action) => action === "principal.revoked")).toHaveLength(1);
});

test("what a leaver granted to others is told, and ends with them when that is said: by whatever chain", async () => {
  const house = await keysApi();
  const leaver = await house.issue({ role: "admin" });
  const grant = async (key: string, body: object) =>
    (await house.call(key, "POST", "/license_keys", { body })).body as Shown & { key: string };
  const backup = await grant(leaver.key, { role: "admin", principal: "backup" });
  const second = await grant(backup.key, { role: "agent", principal: "bot" });
  const rolled = (await house.call(backup.key, "POST", `/license_keys/${second.id}/roll`)).body;
  const kept = await house.make({ ...aKey, principal: "Gemini" });
  const chain = [backup.id, second.id, rolled.id].sort();
  const path = `/principals/${leaver.principalId}/revoke`;
  type Revoked = { grantedKeys: string[] };
  const told = await house.call<Revoked>(house.owner.key, "POST", path);
  expect([...told.body.grantedKeys].sort()).toEqual(chain);
  expect(await house.works(backup.key)).toBe(true);
  expect((await house.call(house.owner.key, "GET", `/license_keys/${backup.id}`)).body).toMatchObject({
    grantedBy: leaver.principalId,
    grantedWith: leaver.keyId,
  });
  const ended = await house.call<Revoked>(house.owner.key, "POST", path, { body: { endGranted: true } });
  expect([...ended.body.grantedKeys].sort()).toEqual(chain);
  const all = [backup.key, second.key, rolled.key, kept.key];
  expect(await Promise.all(all.map((key) => house.works(key)))).toEqual([false, false, false, true]);
  expect(house.acts().filter((action) => action === "key.revoked")).toHaveLength(3);
});

test("a leaver who rolls a key while all keys are being ended keeps none", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  const { table } = house.on;
  const { query } = table;
  const rolls: Promise<{ status: number; body: Shown }>[] = [];
  table.query = async (...asked) => {
    const page = await query(...asked);
    table.query = query;
    // The keys have been listed, and none is revoked yet.
    rolls.push(house.call(house.owner.key, "POST", `/license_keys/${made.id}/roll`));
    await Promise.all(rolls);
    return page;
  };
  await house.call(house.owner.key, "POST", `/principals/${made.principal.id}/revoke`);
  const [rolled] = await Promise.all(rolls);
  expect([rolled?.status, await house.works(made.key), await house.works(rolled?.body.key)]).toEqual([
    409,
    false,
    false,
  ]);
});

test("keys of another store are not there", async () => {
  const house = await keysApi();
  const stranger = "0123456789Ab";
  for (const [method, path] of [
    ["GET", `/license_keys/${stranger}`],
    ["PATCH", `/license_keys/${stranger}`],
    ["POST", `/license_keys/${stranger}/roll`],
    ["POST", `/license_keys/${stranger}/roll/cancel`],
    ["POST", `/license_keys/${stranger}/revoke`],
  ] as const)
    expect((await house.call(house.owner.key, method, path)).status, path).toBe(404);
  const key = await house.keys.get(house.owner.keyId);
  const row = { pk: `key#${key?.publicId}`, sk: "key" };
  await house.on.table.commit([
    { table: "access", key: row, change: { set: { storeId: "store_00000000000000000000000009" } } },
  ]);
  const other = await house.issue({ role: "admin" });
  expect((await house.call(other.key, "GET", `/license_keys/${house.owner.keyId}`)).status).toBe(404);
  const reviewed = await house.call(other.key, "POST", "/access_review", {
    body: { licenseKeys: [house.owner.keyId] },
  });
  expect(reviewed.status).toBe(404);
  expect((await house.keys.get(house.owner.keyId))?.reviewedAt).toBeUndefined();
});

test("keys of support are no business of this door", async () => {
  const house = await keysApi();
  const asked = await house.call(house.owner.key, "POST", "/license_keys", {
    body: { role: "support", principal: "technician" },
  });
  expect(asked.status).toBe(422);
});

test("every act is on record in its own transaction: no record, no act", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  const path = `/license_keys/${made.id}`;
  await house.call(house.owner.key, "PATCH", path, { body: { cidrs: ["192.0.2.0/24"] } });
  await house.call(house.owner.key, "POST", `${path}/roll`);
  await house.call(house.owner.key, "POST", `${path}/roll/cancel`);
  await house.call(house.owner.key, "POST", "/access_review", { body: { licenseKeys: [made.id] } });
  await house.call(house.owner.key, "POST", `${path}/revoke`);
  await house.call(house.owner.key, "POST", `/principals/${made.principal.id}/revoke`);
  expect(house.acts().sort()).toEqual([
    "key.issued",
    "key.issued",
    "key.restricted",
    "key.revoked",
    "key.roll_canceled",
    "key.rolled",
    "keys.reviewed",
    "principal.revoked",
  ]);
  for (const row of house.on.table.rows("audit").filter(({ actor }) => (actor as { keyId?: string }).keyId))
    expect(row).toMatchObject({ storeId: house.storeId, decidedBy: "keys:write" });
});
