import { expect, test } from "vitest";
import { codeTimes, type Span } from "./first-attempt.ts";

const run = (from: number, to: number): Span => ({
  by: "a queue",
  service: "lambda",
  action: "Invoke:a/b",
  from,
  to,
});
const call = (from: number, to: number, by = "a/b"): Span => ({
  by,
  service: "dynamodb",
  action: "GetItem",
  from,
  to,
});

test("a function's code takes what its invocation takes without its calls, and calls at once are waited for once", () => {
  expect(codeTimes([run(0, 100), call(10, 40), call(20, 50), call(60, 70)], "a/b")).toEqual([50]);
});

test("what others call meanwhile, and what it calls in another run, is none of its calls", () => {
  expect(codeTimes([run(0, 100), call(10, 40, "c/d"), run(200, 230), call(210, 220)], "a/b")).toEqual([
    100, 20,
  ]);
});

test("runs at the same time are left out: whose call is whose can't be told", () => {
  expect(codeTimes([run(0, 100), run(50, 150), run(200, 210)], "a/b")).toEqual([10]);
});
