import { expect, test } from "vitest";
import { aNewStore, opened, operator, type Shown } from "./house.ts";

test("a new store comes with a key that works and the two addresses", async () => {
  const { house, done, key } = await opened();
  expect(done).toMatchObject({
    created: true,
    agentApi: "https://agents.example.com",
    storeApi: "https://stores.example.com",
    key: { role: "admin", livemode: false },
  });
  expect(await house.works(key.key)).toBe(true);
});

test("the same reference again is the same store, and no second key", async () => {
  const { house, storeId } = await opened();
  const again = await house.ask({ command: "create-store", store: aNewStore() });
  expect(again.done).toEqual({
    storeId,
    created: false,
    agentApi: "https://agents.example.com",
    storeApi: "https://stores.example.com",
  });
});

test("a store whose first key was lost to a crash gets one when it is created again", async () => {
  const { house, key } = await opened();
  const rows = house.on.table.rows("access").filter((row) => row.sk === "key" || row.sk.startsWith("key#"));
  await house.on.table.commit(
    rows.map(({ pk, sk }) => ({ table: "access", key: { pk, sk }, change: { remove: true } })),
  );
  const again = await house.ask({ command: "create-store", store: aNewStore() });
  expect(again.done).toMatchObject({ created: false, key: { principalId: key.principalId } });
});

test("a key is issued with an end, works until it is revoked, and is listed without its text", async () => {
  const { house, storeId } = await opened();
  const issued = (
    await house.ask({
      command: "issue-key",
      storeId,
      role: "agent",
      principal: "ChatGPT",
      scopes: ["checkouts:read", "checkouts:write"],
      expiresAt: "2027-01-31T00:00:00+01:00",
    })
  ).done as Shown;
  expect(issued.expiresAt).toBe("2027-01-30T23:00:00.000Z");
  expect(await house.works(issued.key)).toBe(true);
  const { done } = await house.ask({ command: "revoke-key", keyId: issued.keyId });
  expect(done).toEqual({ keyId: issued.keyId, revokedAt: new Date(house.on.now()).toISOString() });
  expect(await house.works(issued.key)).toBe(false);
  const shown = await house.ask({ command: "show-store", storeId });
  expect(shown.done).toMatchObject({
    store: { id: storeId, createdAt: new Date(house.on.now()).toISOString() },
    principals: expect.arrayContaining([
      { id: issued.principalId, storeId, role: "agent", createdAt: expect.any(String) },
    ]),
    keys: expect.arrayContaining([
      expect.objectContaining({ keyId: issued.keyId, principalId: issued.principalId }),
    ]),
  });
  expect(JSON.stringify(shown)).not.toMatch(/lk_test_|digest|pepper/);
});

test("a domain that the operator vouches for counts, once, in its one spelling", async () => {
  const { house, storeId } = await opened();
  const vouch = { command: "verify-domain", storeId, host: "MÜLLER.example." };
  const both = { done: { storeId, verifiedDomains: ["shop.example.com", "xn--mller-kva.example"] } };
  expect(await Promise.all([house.ask(vouch), house.ask(vouch)])).toEqual([both, both]);
  expect(await house.ask(vouch)).toEqual(both);
});

test("tokens are killed and accepted again over the operator's function, for stores to come too", async () => {
  const { house, storeId } = await opened();
  const whose = { stores: "all", reason: "the provider asked us to" };
  const kill = (more: object = {}) => house.ask({ command: "kill-tokens", ...whose, ...more });
  expect((await kill()).done).toMatchObject({ done: false, inFlight: 0, cursor: {} });
  const later = await house.ask({ command: "create-store", store: aNewStore({ reference: "tea" }) });
  house.on.clock.advance(660_000);
  expect((await kill({ cursor: {} })).done).toEqual({ done: true, stores: "all", looked: 2, inFlight: 0 });
  const since = async (id: unknown) => {
    const { done } = await house.ask({ command: "show-store", storeId: id });
    return (done as { store: { tokensKilledAt?: string } }).store.tokensKilledAt;
  };
  expect([await since(storeId), await since(later.done?.["storeId"])]).toEqual(
    Array(2).fill(new Date(house.on.now() - 660_000).toISOString()),
  );
  expect((await house.ask({ command: "accept-tokens", ...whose })).done).toEqual({
    done: true,
    stores: "all",
    looked: 2,
  });
  expect([await since(storeId), await since(later.done?.["storeId"])]).toEqual([undefined, undefined]);
  expect(
    house.on.table
      .rows("audit")
      .map(({ action }) => String(action))
      .filter((action) => action.startsWith("tokens."))
      .sort(),
  ).toEqual([...Array(3).fill("tokens.accepted"), ...Array(2).fill("tokens.killed")]);
});

test("an act without a reason is refused", async () => {
  const { house, storeId } = await opened();
  for (const reason of [undefined, "", "   ", "two\nlines"])
    expect((await house.ask({ command: "kill-tokens", stores: storeId, reason })).refused?.param).toBe(
      "$.reason",
    );
});

test("a stage that dials the real Stripe without being production has no live stores", async () => {
  const live = { command: "create-store", store: aNewStore({ livemode: true }) };
  const refused = await operator("dev").ask(live);
  expect(refused.refused).toMatchObject({ code: "invalid", param: "$.store.livemode" });
  expect((await operator("prod").ask(live)).done).toMatchObject({ created: true });
});

test("a wrong command is refused by the place where it is wrong, and nothing is stored", async () => {
  const house = operator();
  const refusals = await Promise.all(
    [
      { command: "drop-store" },
      { command: "create-store", store: aNewStore({ currency: "EUR" }) },
      { command: "create-store", store: aNewStore({ nam: "x" }) },
      { command: "revoke-key", keyId: "lk_live_x" },
      { command: "show-store", storeId: "store_0123456789abcdefghjkmnpqrs" },
    ].map((command) => house.ask(command)),
  );
  expect(refusals.map(({ refused }) => [refused?.code, refused?.param])).toEqual([
    ["invalid", "$.command"],
    ["invalid", "$.store.currency"],
    ["invalid", "$.store.nam"],
    ["invalid", "$.keyId"],
    ["not_found", undefined],
  ]);
  expect(house.on.table.rows("access")).toEqual([]);
});

test("no key and no store's settings are logged", async () => {
  const { house, key } = await opened();
  const logged = JSON.stringify(house.on.logged);
  expect(logged).toContain("create-store");
  expect(logged).not.toContain(key.key);
  expect(logged).not.toContain("Mugs");
});

test("a pepper is rotated in two steps by one command, and no key minds", async () => {
  const { house, key } = await opened();
  const rotate = (more: object = {}) => house.ask({ command: "rotate-pepper", reason: "yearly", ...more });
  const first = await rotate();
  expect(first.done).toEqual({ done: false, waitSeconds: 360, cursor: { version: "2" } });
  const cursor = { cursor: first.done?.["cursor"] };
  house.on.clock.advance(359_000);
  expect((await rotate(cursor)).done).toMatchObject({ done: false, waitSeconds: 1 });
  house.on.clock.advance(1_000);
  expect((await rotate(cursor)).done).toMatchObject({ done: false, waitSeconds: 0 });
  expect((await rotate(cursor)).done).toEqual({ done: true, version: "2", retired: [] });
  expect(await house.works(key.key)).toBe(true);
});
