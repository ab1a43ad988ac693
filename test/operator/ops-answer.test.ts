import { expect, test } from "vitest";
import { together } from "#functions/operator/parts.ts";
import { progressOf } from "#infra/ops-answer.ts";

test("what the calls came to is told as one: numbers add up, lists go on, what to do is said once", () => {
  const first = { looked: 2, healed: [{ kind: "a" }], found: [], runbooks: {} };
  const second = { looked: 3, healed: [{ kind: "b" }], found: [{ kind: "c" }], runbooks: { c: "do" } };
  const last = { open: [{ kind: "c" }], runbooks: { c: "do" } };
  expect(together(together(together({}, first), second), last)).toEqual({
    looked: 5,
    healed: [{ kind: "a" }, { kind: "b" }],
    found: [{ kind: "c" }],
    open: [{ kind: "c" }],
    runbooks: { c: "do" },
  });
});

test("whoever waits is told in one line how far it is", () => {
  const answer = { done: false, inFlight: 1, phase: "orders", cursor: { far: 1 }, part: { found: [1] } };
  expect(progressOf(answer, { looked: 5, found: [1, 2], runbooks: {} })).toEqual({
    inFlight: 1,
    phase: "orders",
    looked: 5,
    found: 2,
  });
});
