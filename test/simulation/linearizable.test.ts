import { describe, expect, test } from "vitest";
import { isLinearizable, type Model, type Operation } from "./linearizable.ts";

type Act = { write: number } | { read: number };

const register: Model<Act, number> = {
  initial: 0,
  next: (state, act) => {
    if ("write" in act) return act.write;
    return act.read === state ? state : undefined;
  },
};

const call = (act: Act, invoked: number, returned: number): Operation<Act> => ({
  act,
  invoked,
  returned,
  optional: returned === Number.POSITIVE_INFINITY,
});

describe("a register", () => {
  test("is accepted where reads say what was written last", () => {
    expect(isLinearizable([call({ write: 1 }, 0, 1), call({ read: 1 }, 2, 3)], register)).toBe(true);
  });

  test("may answer either way while a write is under way", () => {
    for (const read of [0, 1])
      expect(isLinearizable([call({ write: 1 }, 0, 9), call({ read }, 2, 3)], register)).toBe(true);
  });

  test("may have taken a write whose answer was lost, or not", () => {
    for (const read of [0, 1]) {
      const history = [call({ write: 1 }, 0, Number.POSITIVE_INFINITY), call({ read }, 2, 3)];
      expect(isLinearizable(history, register)).toBe(true);
    }
  });

  test("is rejected where it forgets a write", () => {
    expect(isLinearizable([call({ write: 1 }, 0, 1), call({ read: 0 }, 2, 3)], register)).toBe(false);
  });

  test("is rejected where it goes back", () => {
    const history = [call({ write: 1 }, 0, 9), call({ read: 1 }, 1, 2), call({ read: 0 }, 3, 4)];
    expect(isLinearizable(history, register)).toBe(false);
  });

  test("is rejected where it answers before it was asked to", () => {
    expect(isLinearizable([call({ read: 1 }, 0, 1), call({ write: 1 }, 2, 3)], register)).toBe(false);
  });
});
