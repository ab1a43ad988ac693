import { expect, test } from "vitest";
import { IssueLicenseKey } from "#functions/access/issue-license-key.ts";
import { scopesOf } from "#functions/access/role.ts";
import { newId } from "#functions/values/id.ts";
import { Scope } from "#functions/values/scope.ts";
import { accessHouse } from "./house.ts";

test("the key is shown once: no row holds it or its secret", async () => {
  const house = accessHouse();
  const { key } = await house.issue({ storeId: house.testStore, role: "integration", principal: "ERP" });
  const rows = house.on.table.rows("access");
  const bytes = rows
    .flatMap((row) => Object.values(row))
    .map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : JSON.stringify(value),
    );
  const stored = bytes.join(" ");
  expect(stored).not.toContain(key);
  expect(stored).not.toContain(key.slice(20, 63));
  expect(rows.find((row) => row.sk === "key")).toMatchObject({ lastFour: key.slice(-10, -6) });
});

test("a name stands for one principal, however often and in parallel it is used", async () => {
  const house = accessHouse();
  const ask = { storeId: house.testStore, role: "agent", principal: "ChatGPT" } as const;
  const keys = await Promise.all([house.issue(ask), house.issue(ask), house.issue(ask)]);
  const again = await house.issue({ ...ask, principal: keys[0].principalId });
  expect(new Set([...keys, again].map((key) => key.principalId)).size).toBe(1);
  expect(new Set([...keys, again].map((key) => key.key)).size).toBe(4);
  expect(house.on.table.rows("access").filter((row) => row.sk.startsWith("principal#"))).toHaveLength(1);
});

test("the same name in another store is somebody else", async () => {
  const house = accessHouse();
  const here = await house.issue({ storeId: house.testStore, role: "agent", principal: "ChatGPT" });
  const there = await house.issue({ storeId: house.liveStore, role: "agent", principal: "ChatGPT" });
  expect(here.principalId).not.toBe(there.principalId);
  await expect(
    house.issue({ storeId: house.liveStore, role: "agent", principal: here.principalId }),
  ).rejects.toMatchObject({ code: "not_found" });
});

test("a key's mode is its store's", async () => {
  const house = accessHouse();
  const ask = { role: "agent", principal: "a" } as const;
  expect((await house.issue({ ...ask, storeId: house.testStore })).key).toMatch(/^lk_test_/);
  expect((await house.issue({ ...ask, storeId: house.liveStore })).key).toMatch(/^lk_live_/);
});

test("a principal keeps its role: no agent's key becomes an administrator's", async () => {
  const house = accessHouse();
  await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
  await expect(
    house.issue({ storeId: house.testStore, role: "admin", principal: "a" }),
  ).rejects.toMatchObject({ code: "conflict" });
});

test("a key may have less than its role and never more", async () => {
  const house = accessHouse();
  const ask = { storeId: house.testStore, role: "agent", principal: "a" } as const;
  expect((await house.issue({ ...ask, scopes: ["products:read"] })).scopes).toEqual(["products:read"]);
  for (const scope of Scope.options.filter((each) => !(scopesOf.agent as readonly Scope[]).includes(each)))
    await expect(house.issue({ ...ask, scopes: [scope] })).rejects.toMatchObject({ code: "invalid" });
});

test("only agents' keys reach checkouts", () => {
  for (const role of ["integration", "admin"] as const)
    expect(scopesOf[role].filter((scope) => scope.startsWith("checkouts:"))).toEqual([]);
});

test("refuses an unknown store and an expiry that has passed, and stores nothing", async () => {
  const house = accessHouse();
  const ask = { storeId: house.testStore, role: "agent", principal: "a" } as const;
  await expect(house.issue({ ...ask, storeId: newId("store", house.on.random) })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(house.issue({ ...ask, expiresAt: house.on.now() })).rejects.toMatchObject({ code: "invalid" });
  expect(house.on.table.rows("access")).toEqual([]);
});

test("refuses to revoke a key that never was", async () => {
  await expect(accessHouse().revoke({ keyId: "000000000000" })).rejects.toMatchObject({ code: "not_found" });
});

test("lists every key of a store and of no other", async () => {
  const house = accessHouse();
  for (let count = 0; count < 30; count += 1)
    await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
  await house.issue({ storeId: house.liveStore, role: "agent", principal: "a" });
  expect(await house.list(house.testStore)).toHaveLength(30);
});

test("nobody but an admin's grant lets support in: the operator issues no such key", () => {
  const ask = { storeId: newId("store", () => new Uint8Array(16)), principal: "technician" };
  expect(IssueLicenseKey.safeParse({ ...ask, role: "admin" }).success).toBe(true);
  expect(IssueLicenseKey.safeParse({ ...ask, role: "support" }).success).toBe(false);
});
