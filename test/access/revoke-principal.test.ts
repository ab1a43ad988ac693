import { expect, test } from "vitest";
import { principalStore } from "#functions/access/principal.store.ts";
import { byOperator } from "#functions/access/record-act.ts";
import { RevokePrincipal, revokePrincipal } from "#functions/access/revoke-principal.ts";
import { together } from "#functions/operator/parts.ts";
import type { Table } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { type KeysApi, keysApi } from "./keys-api.ts";

const owned = 60;
const granted = 30;

/** An admin with more keys than one call ends, who let in as many others. */
const leaving = async () => {
  const house = await keysApi();
  const leaver = await house.issue({ role: "admin" });
  const make = (by: string, body: object) => house.call(by, "POST", "/license_keys", { body });
  for (let made = 1; made < owned; made += 1)
    await make(house.owner.key, { role: "admin", principal: leaver.principalId });
  for (let made = 0; made < granted; made += 1)
    await make(leaver.key, { role: "agent", principal: `bot ${made}` });
  return { house, leaver };
};

/** As the operator's command line does; each page takes longer than a call may. */
const untilDone = async (house: KeysApi, principalId: string, table: Table = house.on.table) => {
  const slow: Table = {
    ...table,
    query: async (...asked) => {
      const page = await table.query(...asked);
      house.on.clock.advance(seconds(16));
      return page;
    },
  };
  const on = { ...house.on, table: slow, keys: house.keysOn(slow), principals: principalStore(slow) };
  const by = byOperator({ role: "operator", requestId: "leaving" });
  const calls: object[] = [];
  let soFar = {};
  for (let from = {}; ; ) {
    const command = { storeId: house.storeId, principalId, endGranted: true, ...from };
    const { cursor, part } = await revokePrincipal(on)(RevokePrincipal.parse(command), by);
    calls.push(part);
    soFar = together({ ...soFar }, part);
    if (cursor === undefined) return { calls: calls.length, soFar };
    from = { cursor: JSON.parse(JSON.stringify(cursor)) };
  }
};

const open = async (house: KeysApi) =>
  (await house.keys.list(house.storeId)).filter(({ revokedAt }) => revokedAt === undefined).length;

test("a leaver's keys end by page, and calls that go on from each other count each of them once", async () => {
  const { house, leaver } = await leaving();
  const { calls, soFar } = await untilDone(house, leaver.principalId);
  expect(calls).toBeGreaterThan(4);
  expect(soFar).toMatchObject({ keys: owned, supportGrants: 0 });
  expect(new Set((soFar as { grantedKeys: string[] }).grantedKeys).size).toBe(granted);
  expect(await open(house)).toBe(1);
  expect(house.acts().filter((action) => action === "principal.revoked")).toHaveLength(1);
  expect(house.acts().filter((action) => action === "key.revoked")).toHaveLength(granted);
});

test("a call that dies half-way is made again from the start, and ends what is left", async () => {
  const { house, leaver } = await leaving();
  let commits = 0;
  const dying: Table = {
    ...house.on.table,
    commit: async (writes) => {
      commits += 1;
      if (commits > 40) throw new Error("the process is gone");
      await house.on.table.commit(writes);
    },
  };
  await expect(untilDone(house, leaver.principalId, dying)).rejects.toThrow("the process is gone");
  expect(await open(house)).toBeGreaterThan(1);
  await untilDone(house, leaver.principalId);
  expect(await open(house)).toBe(1);
});
