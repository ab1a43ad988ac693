import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import type { StoredKey } from "#functions/access/stored-key.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import type { Action } from "#functions/audit/audit.ts";
import { restoreRecords, restoreRows } from "#functions/restore/restore-rows.ts";
import { type MemoryTable, memoryTable } from "#functions/runtime/memory-table.ts";
import { type Row, type TableCopy, type TableName, tableNames } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import { minutes } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { openHouse } from "#test/customer/house.ts";
import { principalId, storeId } from "#test/examples.ts";

export const operator = { role: "operator", requestId: "restores" } as const;

/** Pages of three: what goes on between two of them is tried, too. */
export const copyIn = (copied: MemoryTable): TableCopy => ({
  get: copied.get,
  commit: copied.commit,
  scan: async (table, { after }) => {
    const rows = copied.rows(table);
    const start = after ? rows.findIndex(({ pk, sk }) => pk === after.pk && sk === after.sk) + 1 : 0;
    const page = rows.slice(start, start + 3);
    const last = page.at(-1);
    return { rows: page, ...(last && start + 3 < rows.length && { next: { pk: last.pk, sk: last.sk } }) };
  },
});

/** The same rows in tables of their own. */
export const filledWith = async (from: MemoryTable, into = memoryTable()): Promise<MemoryTable> => {
  for (const table of tableNames)
    for (const { pk, sk, ...put } of from.rows(table))
      await into.commit([{ table, key: { pk, sk }, change: { put } }]);
  return into;
};

/** A shop whose tables are copied once; later something is lost, and brought back from that copy. */
export const openService = async (store: Partial<Store> = {}) => {
  const house = await openHouse(store);
  const { on } = house;
  const copied = memoryTable();
  let to = on.now();
  const record = async (action: Action, about: Record<string, string>, of: StoreId | undefined) => {
    const actor = { role: "operator", requestId: `${action} ${JSON.stringify(about)}` } as const;
    await on.table.commit([
      recordedAct({ action, actor, storeId: of, at: on.now(), decidedBy: "iam", about }),
    ]);
    on.clock.advance(1);
  };
  const asked = () => ({ to, reason: "rows were lost", audit: "whole" as const });
  return {
    ...house,
    copied,
    restoring: { ...on, copyOf: () => copyIn(copied) },
    asked,
    /** The tables as they are now: what everything after is lost against. */
    copy: async () => {
      await filledWith(on.table, copied);
      to = on.now();
      on.clock.advance(minutes(1));
    },
    lose: async (table: TableName, isLost: (row: Row) => boolean = () => true) => {
      for (const { pk, sk, ...row } of on.table.rows(table))
        if (isLost({ pk, sk, ...row }))
          await on.table.commit([{ table, key: { pk, sk }, change: { remove: true } }]);
    },
    restore: async (given: { audit?: "whole" | "broken" } = {}) => {
      const restoring = { ...on, copyOf: () => copyIn(copied) };
      await restoreRecords(restoring)({ to, reason: "rows were lost" }, operator);
      return restoreRows(restoring)({ ...asked(), ...given }, { ...operator, requestId: "rows" });
    },
    /** As if the act had been done, with its record. */
    record: (action: Action, about: Record<string, string> = {}, of: StoreId = storeId) =>
      record(action, about, of),
    recordOfAll: (action: Action) => record(action, {}, undefined),
    put: async (table: TableName, { pk, sk, ...put }: Row) =>
      on.table.commit([{ table, key: { pk, sk }, change: { put } }]),
    key: (publicId: string) => licenseKeyStore(on.table).get(publicId),
  };
};
export type Service = Awaited<ReturnType<typeof openService>>;

export const aKey = (publicId: string, given: Partial<StoredKey> = {}): Row => ({
  pk: `key#${publicId}`,
  sk: "key",
  publicId,
  storeId,
  principalId,
  role: "agent",
  scopes: ["checkouts:write"],
  livemode: false,
  digest: new Uint8Array(32),
  pepperVersion: "1",
  lastFour: "abcd",
  version: 1,
  createdAt: 0,
  ...given,
});
