import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  above,
  all,
  any,
  atLeast,
  atMost,
  below,
  type Condition,
  differs,
  equals,
  exists,
  missing,
  oneOf,
} from "#functions/runtime/condition.ts";
import type { Attribute, Row, Table, Write } from "#functions/runtime/table.ts";
import { ConditionFailed, tryCommit } from "#functions/runtime/table.ts";
import { hasDynamoDb } from "#infra/local/dynamodb.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { startEngine } from "./engine.ts";

/** Each condition with what is true of no row, and of a row with a = 5, text = c. */
const judged: [Condition, boolean, boolean][] = [
  [exists(), false, true],
  [missing(), true, false],
  [exists("a"), false, true],
  [missing("a"), true, false],
  [exists("zz"), false, false],
  [missing("zz"), true, true],
  [equals("a", 5), false, true],
  [equals("a", 6), false, false],
  [equals("a", "5"), false, false],
  [equals("zz", 5), false, false],
  [equals("bytes", new Uint8Array([1, 2])), false, true],
  [equals("bytes", new Uint8Array([1, 3])), false, false],
  [equals("nothing", null), false, true],
  [differs("a", 5), true, false],
  [differs("a", 6), true, true],
  [differs("zz", 5), true, true],
  [differs("a", "5"), true, true],
  [below("a", 5), false, false],
  [below("a", 6), false, true],
  [below("zz", 6), false, false],
  [below("a", "6"), false, false],
  [atMost("a", 5), false, true],
  [atMost("a", 4), false, false],
  [above("a", 5), false, false],
  [above("a", 4), false, true],
  [above("zz", 4), false, false],
  [atLeast("a", 5), false, true],
  [atLeast("a", 6), false, false],
  [above("text", "b"), false, true],
  [below("text", "b"), false, false],
  [oneOf("a", [1, 5]), false, true],
  [oneOf("a", [1, 6]), false, false],
  [oneOf("zz", [1, 5]), false, false],
  [oneOf("text", ["b", "c"]), false, true],
  [all(exists(), equals("a", 5)), false, true],
  [all(exists(), equals("a", 6)), false, false],
  [any(missing(), equals("a", 5)), true, true],
  [any(missing(), equals("a", 6)), true, false],
  [all(any(equals("a", 1), equals("a", 5)), any(missing("zz"), exists("a"))), false, true],
  [any(all(exists("zz"), equals("a", 5)), below("a", 0)), false, false],
  [all(exists("a")), false, true],
  [any(missing("a")), true, false],
];

const engine = hasDynamoDb() ? await startEngine() : undefined;
if (!engine) console.warn("skipped on DynamoDB: no engine is installed for this platform");
afterAll(() => engine?.stop());

const engines: [string, Table][] = [["memory", memoryTable()]];
if (engine) engines.push(["DynamoDB", engine.table]);

describe.each(engines)("a table in %s", (_name, table) => {
  let places = 0;
  let pk = "";
  const key = (sk = "row") => ({ pk, sk });
  const put = (row: Record<string, Attribute | undefined>, sk?: string, condition?: Condition): Write => ({
    table: "commerce",
    key: key(sk),
    change: { put: row },
    ...(condition ? { condition } : {}),
  });
  const update = (
    change: { set?: Record<string, Attribute | undefined>; add?: Record<string, number> },
    condition?: Condition,
    sk?: string,
  ): Write => ({ table: "commerce", key: key(sk), change, ...(condition ? { condition } : {}) });
  const get = (sk?: string) => table.get("commerce", key(sk));
  const isTrue = async (condition: Condition): Promise<boolean> =>
    (await tryCommit(table, [{ table: "commerce", key: key(), change: { check: true }, condition }]))
      .length === 0;

  beforeAll(() => {
    pk = "never";
  });
  const fresh = () => {
    places += 1;
    pk = `place-${places}`;
  };

  it("gives back every kind of attribute and leaves undefined out", async () => {
    fresh();
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
    fresh();
    const given = { nested: { size: 1 }, bytes: new Uint8Array([1]) };
    await table.commit([put(given)]);
    given.nested.size = 2;
    given.bytes[0] = 2;
    const got = (await get()) as unknown as typeof given;
    got.nested.size = 3;
    expect(await get()).toMatchObject({ nested: { size: 1 }, bytes: new Uint8Array([1]) });
  });

  it("replaces by put, changes by set, removes by undefined, adds from 0", async () => {
    fresh();
    await table.commit([put({ a: 1, b: 2, status: "open" })]);
    await table.commit([update({ set: { a: 5, b: undefined, size: "reserved word" }, add: { count: 3 } })]);
    expect(await get()).toEqual({ ...key(), a: 5, status: "open", size: "reserved word", count: 3 });
    await table.commit([update({ add: { count: -4 } })]);
    expect(await get()).toMatchObject({ count: -1 });
    await table.commit([put({ c: 1 })]);
    expect(await get()).toEqual({ ...key(), c: 1 });
    await table.commit([{ table: "commerce", key: key(), change: { remove: true } }]);
    expect(await get()).toBeUndefined();
    await table.commit([{ table: "commerce", key: key(), change: { remove: true } }]);
  });

  it("makes the row that a set or an add does not find", async () => {
    fresh();
    await table.commit([
      update({ set: { a: 1 } }, undefined, "set"),
      update({ add: { n: 2 } }, undefined, "add"),
    ]);
    expect(await get("set")).toEqual({ ...key("set"), a: 1 });
    expect(await get("add")).toEqual({ ...key("add"), n: 2 });
  });

  it("keeps tables apart", async () => {
    fresh();
    await table.commit([put({ a: 1 })]);
    expect(await table.get("outbox", key())).toBeUndefined();
  });

  it.each(judged)("judges %j: without a row %s, with one %s", async (condition, without, within) => {
    fresh();
    expect(await isTrue(condition)).toBe(without);
    await table.commit([put({ a: 5, text: "c", bytes: new Uint8Array([1, 2]), nothing: null })]);
    expect(await isTrue(condition)).toBe(within);
  });

  it("writes all or nothing and names each write that was refused", async () => {
    fresh();
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
    fresh();
    await table.commit([put({ a: 1 })]);
    const refused: Write[] = [
      put({ a: 2 }, undefined, missing()),
      update({ set: { a: 2 } }, equals("a", 3)),
      update({ add: { a: 1 } }, below("a", 1)),
      { table: "commerce", key: key(), change: { remove: true }, condition: missing() },
    ];
    for (const write of refused) expect(await tryCommit(table, [write])).toEqual([write]);
    expect(await get()).toEqual({ ...key(), a: 1 });
  });

  it("judges every condition against the state before the transaction", async () => {
    fresh();
    await table.commit([put({ a: 1 }, "one")]);
    await table.commit([
      update({ set: { a: 2 } }, equals("a", 1), "one"),
      { table: "outbox", key: key("one"), change: { put: { a: 9 } }, condition: missing() },
    ]);
    expect(await get("one")).toMatchObject({ a: 2 });
  });

  it.each<[string, () => Write[]]>([
    ["the same key twice", () => [put({ a: 1 }), update({ set: { b: 1 } })]],
    ["101 writes", () => Array.from({ length: 101 }, (_, index) => put({ a: 1 }, `row-${index}`))],
    ["a check without a condition", () => [{ table: "commerce", key: key(), change: { check: true } }]],
    ["an update of nothing", () => [update({}, missing("zz"))]],
    ["a set of the key", () => [update({ set: { pk: "other" } })]],
    ["an attribute both set and added to", () => [update({ set: { a: 1 }, add: { a: 1 } })]],
    ["adding to text", () => [put({}, "other"), update({ add: { text: 1 } })]],
    ["an indexed attribute of another type", () => [put({ due: 4, dueAt: 4 })]],
    ["an empty indexed attribute", () => [put({ due: "", dueAt: 4 })]],
    ["a due time that is text", () => [update({ set: { due: "event#1", dueAt: "4" } })]],
    ["an empty list of alternatives", () => [put({ a: 1 }, "other", oneOf("a", []))]],
    ["no conditions in an all", () => [put({ a: 1 }, "other", all())]],
    ["a number that is not exact", () => [put({ a: 2 ** 60 })]],
    ["no number", () => [put({ a: Number.NaN })]],
  ])("throws at %s and writes nothing", async (_what, writes) => {
    fresh();
    await table.commit([put({ text: "text" })]);
    const error = await (async () => table.commit(writes()))().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(ConditionFailed);
    expect((await table.query("commerce", { pk })).rows).toEqual([{ ...key(), text: "text" }]);
  });

  it("takes a hundred writes and none", async () => {
    fresh();
    await table.commit(Array.from({ length: 100 }, (_, index) => put({ index }, `row-${index}`)));
    await table.commit([]);
    expect((await table.query("commerce", { pk })).rows).toHaveLength(100);
  });

  it("reads a partition in order of its sort key, between bounds, both ways, page by page", async () => {
    fresh();
    const names = ["a", "b#1", "b#2", "b#3", "c", "ä", "Z"];
    await table.commit(names.map((name, index) => put({ index }, name)));
    const sks = async (query: object) =>
      (await table.query("commerce", { pk, ...query })).rows.map((row) => row.sk);
    expect(await sks({})).toEqual(["Z", "a", "b#1", "b#2", "b#3", "c", "ä"]);
    expect(await sks({ descending: true, limit: 2 })).toEqual(["ä", "c"]);
    expect(await sks({ from: "b#1", to: "b#3" })).toEqual(["b#1", "b#2", "b#3"]);
    expect(await sks({ from: "b#2", limit: 2 })).toEqual(["b#2", "b#3"]);
    expect(await sks({ to: "a" })).toEqual(["Z", "a"]);
    expect(await pages(table, { pk, limit: 2 })).toEqual(["Z", "a", "b#1", "b#2", "b#3", "c", "ä"]);
    expect(await pages(table, { pk, limit: 3, descending: true })).toEqual(
      ["Z", "a", "b#1", "b#2", "b#3", "c", "ä"].reverse(),
    );
    expect(await pages(table, { pk: "nowhere", limit: 2 })).toEqual([]);
  });

  it("keeps rows with due and dueAt in the due index, keys only, in order of time", async () => {
    fresh();
    const due = `${pk}#event`;
    await table.commit([
      put({ due, dueAt: 30, secret: "x" }, "late"),
      put({ due, dueAt: 9, secret: "x" }, "early"),
      put({ due, secret: "x" }, "no time"),
      put({ dueAt: 1, secret: "x" }, "no kind"),
      put({ due: `${due}-other`, dueAt: 2 }, "other"),
    ]);
    const rows = async (query: object = {}) =>
      (await table.query("commerce", { pk: due, index: "due", ...query })).rows;
    expect(await rows()).toEqual([
      { ...key("early"), due, dueAt: 9 },
      { ...key("late"), due, dueAt: 30 },
    ]);
    expect((await rows({ to: 9 })).map((row: Row) => row.sk)).toEqual(["early"]);
    expect((await rows({ from: 10 })).map((row: Row) => row.sk)).toEqual(["late"]);
    await table.commit([update({ set: { due: undefined, dueAt: undefined } }, undefined, "early")]);
    expect((await rows()).map((row: Row) => row.sk)).toEqual(["late"]);
  });

  it("pages through the list index newest first", async () => {
    fresh();
    const list = `${pk}#orders`;
    await table.commit(
      Array.from({ length: 7 }, (_, index) => put({ list, listAt: index * 10 }, `order-${index}`)),
    );
    expect(await pages(table, { pk: list, index: "list", descending: true, limit: 3 })).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((index) => `order-${index}`),
    );
  });

  it("gives the last unit to one of fifty", async () => {
    fresh();
    await table.commit([put({ available: 1 }, "stock")]);
    const buyers = Array.from({ length: 50 }, (_, buyer) =>
      tryCommit(table, [
        update({ add: { available: -1 } }, atLeast("available", 1), "stock"),
        put({ buyer }, `order-${buyer}`, missing()),
      ]),
    );
    expect((await Promise.all(buyers)).filter((refused) => refused.length === 0)).toHaveLength(1);
    expect(await get("stock")).toMatchObject({ available: 0 });
    expect((await table.query("commerce", { pk, from: "order", to: "order-~" })).rows).toHaveLength(1);
  });
});

const pages = async (table: Table, query: Parameters<Table["query"]>[1]): Promise<string[]> => {
  const page = await table.query("commerce", query);
  const sks = page.rows.map((row) => row.sk);
  return page.next ? [...sks, ...(await pages(table, { ...query, after: page.next }))] : sks;
};
