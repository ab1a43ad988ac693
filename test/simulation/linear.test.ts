import { describe, expect, test } from "vitest";
import { type Keyed, key, type Shelved, shelved } from "./invariants/linear.ts";
import { isLinearizable, type Operation } from "./linearizable.ts";

/** Each at its moment, or from one to another. */
const at = <Act>(act: Act, invoked: number, returned = invoked): Operation<Act> => ({
  act,
  invoked,
  returned,
  optional: false,
});

describe("a shelf", () => {
  const start = { available: 5, reserved: 0, version: 1 };
  const isShelf = (...history: Operation<Shelved>[]) => isLinearizable(history, shelved(start));
  const reserve = at<Shelved>({ moved: { available: -2, reserved: 2 } }, 10);
  const sell = at<Shelved>({ moved: { available: 0, reserved: -2 } }, 20);
  const back = at<Shelved>({ moved: { available: 1, reserved: 0 } }, 30);
  const seen = (available: number, reserved: number, version: number): Shelved => ({
    seen: { onHand: available + reserved, available, reserved, version },
  });

  test("shows what was laid aside, sold and returned, each from its moment on", () => {
    expect(isShelf(reserve, at(seen(3, 2, 1), 11))).toBe(true);
    expect(isShelf(reserve, sell, at(seen(3, 0, 2), 21))).toBe(true);
    expect(isShelf(reserve, sell, back, at(seen(4, 0, 3), 31))).toBe(true);
  });

  test("may show either to who looks meanwhile", () => {
    for (const look of [seen(3, 2, 1), seen(3, 0, 2)])
      expect(isShelf(reserve, sell, at(look, 15, 25))).toBe(true);
  });

  test.each([
    ["a sale that takes nothing", [reserve, sell, at(seen(3, 2, 1), 21)]],
    ["a sale before it was made", [reserve, sell, at(seen(3, 0, 2), 15)]],
    ["pieces laid aside that anybody may still buy", [reserve, at(seen(5, 0, 1), 11)]],
    ["a return that never came", [reserve, sell, back, at(seen(3, 0, 2), 31)]],
    [
      "a count that forgets who waits",
      [reserve, at<Shelved>({ told: 4, over: undefined }, 12), at(seen(4, 2, 2), 13)],
    ],
    ["a count over an older one", [reserve, sell, at<Shelved>({ told: 9, over: 1 }, 21)]],
  ])("is none with %s", (_, history) => {
    expect(isShelf(...history)).toBe(false);
  });
});

describe("a key", () => {
  const isKey = (...history: Operation<Keyed>[]) => isLinearizable(history, key);
  const unheard = { ...at<Keyed>({ body: "a" }, 1, Number.POSITIVE_INFINITY), optional: true };

  test("stands for its first body and what came of it", () => {
    expect(isKey(at({ body: "a", made: "1" }, 1), at({ body: "a", made: "1" }, 2))).toBe(true);
    expect(isKey(at({ body: "a", made: "1" }, 1), at({ body: "b", refused: true }, 2))).toBe(true);
    expect(isKey(unheard, at({ body: "b", refused: true }, 2))).toBe(true);
  });

  test.each<[string, Operation<Keyed>[]]>([
    ["two things", [at({ body: "a", made: "1" }, 1), at({ body: "a", made: "2" }, 2)]],
    ["two bodies", [at({ body: "a", made: "1" }, 1), at({ body: "b", made: "1" }, 2)]],
    ["a refusal of its own body", [at({ body: "a", made: "1" }, 1), at({ body: "a", refused: true }, 2)]],
  ])("is none with %s", (_, history) => {
    expect(isKey(...history)).toBe(false);
  });
});
