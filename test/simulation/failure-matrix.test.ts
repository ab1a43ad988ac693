import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { allFaults } from "./engine/faults.ts";

/** What `failure-matrix.md` says of the simulator: that its tests are there `test/infra/promised.test.ts` sees. */
const rows = readFileSync(join(import.meta.dirname, "failure-matrix.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| F-"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

const actors = globSync(join(import.meta.dirname, "actors/*.ts")).map((path) => `${basename(path, ".ts")}s`);

/** `stripe-write 409, 429` is two faults of one port. */
const faultsIn = (group: string): string[] => {
  const [first = "", ...more] = group.split(", ");
  const port = first.split(" ")[0];
  return [first, ...more.map((kind) => (allFaults.includes(kind) ? kind : `${port} ${kind}`))];
};

test("each way of failing is in the matrix, one for each number, but a lost region", () => {
  const numbers = Array.from({ length: 50 }, (_, index) => `F-${`${index + 1}`.padStart(2, "0")}`);
  expect(rows.map(([, number]) => number)).toEqual(numbers.filter((number) => number !== "F-39"));
});

test("what it names of the simulator is there: its faults and its actors", () => {
  const named = rows.flatMap(([, , , how = ""]) => how.split("; ")).flatMap(faultsIn);
  const known = [...allFaults, ...actors, "a test of its own"];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
