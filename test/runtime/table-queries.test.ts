import { afterAll, describe, expect, it } from "vitest";
import type { Row, Table } from "#functions/runtime/table.ts";
import { enginesUnderTest } from "./engine.ts";
import { placeIn } from "./place.ts";

const { engines, stop } = await enginesUnderTest();
afterAll(stop);

describe.each(engines)("reading a table in %s", (_name, table) => {
  it("reads a partition in order of its sort key, between bounds, both ways, page by page", async () => {
    const { pk, put } = placeIn(table);
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
    const { pk, key, put, update } = placeIn(table);
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
    await table.commit([update({ set: { due: undefined, dueAt: undefined } }, "early")]);
    expect((await rows()).map((row: Row) => row.sk)).toEqual(["late"]);
  });

  it("pages through the list index newest first", async () => {
    const { pk, put } = placeIn(table);
    const list = `${pk}#orders`;
    await table.commit(
      Array.from({ length: 7 }, (_, index) => put({ list, listAt: index * 10 }, `order-${index}`)),
    );
    expect(await pages(table, { pk: list, index: "list", descending: true, limit: 3 })).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((index) => `order-${index}`),
    );
  });
});

const pages = async (table: Table, query: Parameters<Table["query"]>[1]): Promise<string[]> => {
  const page = await table.query("commerce", query);
  const sks = page.rows.map((row) => row.sk);
  return page.next ? [...sks, ...(await pages(table, { ...query, after: page.next }))] : sks;
};
