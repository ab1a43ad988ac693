import { afterAll, describe, expect, it } from "vitest";
import {
  above,
  all,
  any,
  atMost,
  below,
  type Condition,
  differs,
  equals,
  exists,
  missing,
  oneOf,
} from "#functions/runtime/condition.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { enginesUnderTest } from "./engine.ts";
import { placeIn } from "./place.ts";

const { engines, stop } = await enginesUnderTest();
afterAll(stop);

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

describe.each(engines)("a condition in %s", (_name, table) => {
  it.each(judged)("%j holds of no row: %s, of a row: %s", async (condition, without, within) => {
    const { put, check } = placeIn(table);
    const holds = async () => (await tryCommit(table, [check(condition)])).length === 0;
    expect(await holds()).toBe(without);
    await table.commit([put({ a: 5, text: "c", bytes: new Uint8Array([1, 2]), nothing: null })]);
    expect(await holds()).toBe(within);
  });
});
