import { afterAll, describe, expect, it } from "vitest";
import {
  above,
  all,
  any,
  below,
  type Condition,
  equals,
  exists,
  missing,
  oneOf,
} from "#functions/runtime/condition.ts";
import type { Tally, Write } from "#functions/runtime/table.ts";
import { ConditionFailed, tryCommit } from "#functions/runtime/table.ts";
import { enginesUnderTest } from "./engine.ts";
import { placeIn } from "./place.ts";

const { engines, stop } = await enginesUnderTest();
afterAll(stop);

describe.each(engines)("a table in %s", (_name, table) => {
  it("gives back every kind of attribute and leaves undefined out", async () => {
    const { key, put, get } = placeIn(table);
    const row = {
      text: "täxt 🛒",
      empty: "",
      number: 1999,
      fraction: 0.25,
      negative: -7,
      flag: false,
      nothing: null,
      bytes: new Uint8Array([0, 1, 255]),
      list: "list",
      listAt: 4,
      nested: { lines: [{ quantity: 2, note: undefined }, "x", null], size: 3 },
    };
    await table.commit([put({ ...row, gone: undefined })]);
    expect(await get()).toEqual({
      ...key(),
      ...row,
      nested: { lines: [{ quantity: 2 }, "x", null], size: 3 },
    });
    expect(Object.keys((await get()) ?? {})).not.toContain("gone");
    expect((await get())?.["bytes"]).toBeInstanceOf(Uint8Array);
    expect(await get("other")).toBeUndefined();
  });

  it("is not changed by what callers do to rows they gave or got", async () => {
    const { put, get } = placeIn(table);
    const given = { nested: { size: 1 }, bytes: new Uint8Array([1]) };
    await table.commit([put(given)]);
    given.nested.size = 2;
    given.bytes[0] = 2;
    const got = (await get()) as unknown as typeof given;
    got.nested.size = 3;
    expect(await get()).toMatchObject({ nested: { size: 1 }, bytes: new Uint8Array([1]) });
  });

  it("replaces by put, changes by set, removes by undefined, adds from 0", async () => {
    const { key, put, update, remove, get } = placeIn(table);
    await table.commit([put({ a: 1, b: 2, status: "open" })]);
    await table.commit([update({ set: { a: 5, b: undefined, size: "reserved word" }, add: { count: 3 } })]);
    expect(await get()).toEqual({ ...key(), a: 5, status: "open", size: "reserved word", count: 3 });
    await table.commit([update({ add: { count: -4 } })]);
    expect(await get()).toMatchObject({ count: -1 });
    await table.commit([put({ c: 1 })]);
    expect(await get()).toEqual({ ...key(), c: 1 });
    await table.commit([remove()]);
    expect(await get()).toBeUndefined();
    await table.commit([remove()]);
  });

  it("makes the row that a set or an add does not find", async () => {
    const { key, update, get } = placeIn(table);
    await table.commit([update({ set: { a: 1 } }, "set"), update({ add: { n: 2 } }, "add")]);
    expect(await get("set")).toEqual({ ...key("set"), a: 1 });
    expect(await get("add")).toEqual({ ...key("add"), n: 2 });
  });

  it("sets what is left of a number without another attribute, as the row has it then", async () => {
    const { key, update, get } = placeIn(table);
    const left = { available: { of: 5, without: "reserved" } };
    await table.commit([update({ left, add: { version: 1 } })]);
    expect(await get()).toEqual({ ...key(), available: 5, version: 1 });
    await table.commit([update({ add: { reserved: 7 } })]);
    await table.commit([update({ left, set: { unlimited: undefined }, add: { reserved: 1 } })]);
    // As every part of an update, it sees the row as it was before.
    expect(await get()).toEqual({ ...key(), available: -2, reserved: 8, version: 1 });
  });

  it("keeps tables apart", async () => {
    const { key, put } = placeIn(table);
    await table.commit([put({ a: 1 })]);
    expect(await table.get("outbox", key())).toBeUndefined();
  });

  it("writes all or nothing and names each write that was refused", async () => {
    const { key, put, get } = placeIn(table);
    await table.commit([put({ a: 1 }, "one"), put({ a: 1 }, "two")]);
    const writes = [
      put({ a: 2 }, "one", equals("a", 1)),
      put({ a: 2 }, "two", equals("a", 7)),
      put({ a: 2 }, "three"),
      { table: "commerce", key: key("four"), change: { check: true }, condition: exists() } as const,
      { table: "outbox", key: key("five"), change: { put: { a: 1 } }, condition: missing() } as const,
    ];
    const error = await table.commit(writes).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConditionFailed);
    expect((error as ConditionFailed).failed).toEqual([writes[1], writes[3]]);
    expect(await get("one")).toMatchObject({ a: 1 });
    expect(await get("three")).toBeUndefined();
    expect(await table.get("outbox", key("five"))).toBeUndefined();
  });

  it("refuses a single conditional write of each kind and keeps the row", async () => {
    const { key, put, update, remove, get } = placeIn(table);
    await table.commit([put({ a: 1 })]);
    const refused: Write[] = [
      put({ a: 2 }, undefined, missing()),
      update({ set: { a: 2 } }, undefined, equals("a", 3)),
      update({ add: { a: 1 } }, undefined, below("a", 1)),
      remove(undefined, missing()),
    ];
    for (const write of refused) expect(await tryCommit(table, [write])).toEqual([write]);
    expect(await get()).toEqual({ ...key(), a: 1 });
  });

  it("judges every condition against the state before the transaction", async () => {
    const { key, put, update, get } = placeIn(table);
    await table.commit([put({ a: 1 }, "one")]);
    await table.commit([
      update({ set: { a: 2 } }, "one", equals("a", 1)),
      { table: "outbox", key: key("one"), change: { put: { a: 9 } }, condition: missing() },
    ]);
    expect(await get("one")).toMatchObject({ a: 2 });
  });

  it.each<[string, (at: ReturnType<typeof placeIn>) => Write[]]>([
    ["the same key twice", ({ put, update }) => [put({ a: 1 }), update({ set: { b: 1 } })]],
    ["101 writes", ({ put }) => Array.from({ length: 101 }, (_, index) => put({ a: 1 }, `row-${index}`))],
    [
      "a check without a condition",
      ({ key }) => [{ table: "commerce", key: key(), change: { check: true } }],
    ],
    ["an update of nothing", ({ update }) => [update({}, undefined, missing("zz"))]],
    ["a set of the key", ({ update }) => [update({ set: { pk: "other" } })]],
    ["an attribute both set and added to", ({ update }) => [update({ set: { a: 1 }, add: { a: 1 } })]],
    [
      "an attribute both set and reckoned",
      ({ update }) => [update({ set: { a: 1 }, left: { a: { of: 1, without: "b" } } })],
    ],
    [
      "reckoning with text",
      ({ put, update }) => [put({}, "other"), update({ left: { a: { of: 1, without: "text" } } })],
    ],
    ["adding to text", ({ put, update }) => [put({}, "other"), update({ add: { text: 1 } })]],
    ["an indexed attribute of another type", ({ put }) => [put({ due: 4, dueAt: 4 })]],
    ["an empty indexed attribute", ({ put }) => [put({ due: "", dueAt: 4 })]],
    ["a due time that is text", ({ update }) => [update({ set: { due: "event#1", dueAt: "4" } })]],
    ["an empty list of alternatives", ({ put }) => [put({ a: 1 }, "other", oneOf("a", []))]],
    ["no conditions in an all", ({ put }) => [put({ a: 1 }, "other", all())]],
    ["a number that is not exact", ({ put }) => [put({ a: 2 ** 60 })]],
    ["no number", ({ put }) => [put({ a: Number.NaN })]],
  ])("throws at %s and writes nothing", async (_what, writes) => {
    const place = placeIn(table);
    const { pk, key, put } = place;
    await table.commit([put({ text: "text" })]);
    const error = await (async () => table.commit(writes(place)))().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(ConditionFailed);
    expect((await table.query("commerce", { pk })).rows).toEqual([{ ...key(), text: "text" }]);
  });

  it("tallies: one update by itself, told with the row that it left or that refused it", async () => {
    const { key, put, get } = placeIn(table);
    const more = (condition?: Condition): Tally => ({
      table: "commerce",
      key: key(),
      change: { add: { count: 1 }, set: { last: "b" } },
      ...(condition && { condition }),
    });
    expect(await table.tally(more(exists("count")))).toEqual({ done: false, row: undefined });
    expect(await table.tally(more())).toEqual({ done: true, row: { ...key(), count: 1, last: "b" } });
    await table.commit([put({ count: 1, other: "kept" })]);
    expect(await table.tally(more(below("count", 2)))).toEqual({
      done: true,
      row: { ...key(), count: 2, last: "b", other: "kept" },
    });
    expect(await table.tally(more(below("count", 2)))).toEqual({ done: false, row: await get() });
  });

  it("tallies each of fifty at once, and no more of them than the condition lets", async () => {
    const { key, get } = placeIn(table);
    const tally = () =>
      table.tally({
        table: "commerce",
        key: key(),
        change: { add: { count: 1 } },
        condition: any(missing("count"), below("count", 20)),
      });
    const told = await Promise.all(Array.from({ length: 50 }, tally));
    const counts = told.filter(({ done }) => done).map(({ row }) => row?.["count"]);
    expect(counts.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(await get()).toMatchObject({ count: 20 });
  });

  it("takes a hundred writes and none", async () => {
    const { pk, put } = placeIn(table);
    await table.commit(Array.from({ length: 100 }, (_, index) => put({ index }, `row-${index}`)));
    await table.commit([]);
    expect((await table.query("commerce", { pk })).rows).toHaveLength(100);
  });

  it("gives the last unit to one of fifty", async () => {
    const { pk, put, update, get } = placeIn(table);
    await table.commit([put({ available: 1 }, "stock")]);
    const buyers = Array.from({ length: 50 }, (_, buyer) =>
      tryCommit(table, [
        update({ add: { available: -1 } }, "stock", above("available", 0)),
        put({ buyer }, `order-${buyer}`, missing()),
      ]),
    );
    expect((await Promise.all(buyers)).filter((refused) => refused.length === 0)).toHaveLength(1);
    expect(await get("stock")).toMatchObject({ available: 0 });
    expect((await table.query("commerce", { pk, from: "order", to: "order-~" })).rows).toHaveLength(1);
  });
});
