import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Timer } from "#functions/runtime/timer.ts";
import { now } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { handlerOf } from "./granted.ts";
import { machines } from "./machines.ts";
import { resourcesOf, templatesOf } from "./synthesized.ts";
import { readTree } from "./tree.ts";

const prod = templatesOf("prod");

/** Handlers that an enabled schedule calls. */
const scheduled = resourcesOf(prod, "AWS::Events::Rule")
  .filter(([, { Properties }]) => "ScheduleExpression" in Properties && Properties["State"] === "ENABLED")
  .flatMap(([, { Properties }]) => {
    const text = JSON.stringify(Properties["Targets"]);
    return resourcesOf(prod, "AWS::Lambda::Function")
      .filter(([id]) => text.includes(`"${id}"`))
      .map(([, made]) => handlerOf(made));
  });

it("walks every table of moves that there is", () => {
  const tables = readTree("functions")
    .filter(({ text }) => /^export const \w*[mM]oves = \{$/m.test(text))
    .map(({ path }) => path);
  expect(tables.sort()).toEqual(
    Object.values(machines)
      .flatMap(({ moves }) => moves ?? [])
      .sort(),
  );
  expect(scheduled.length).toBeGreaterThan(4);
});

describe.each(Object.entries(machines))("a %s", (_, { states, timers, rows }) => {
  it("has somebody for every state that is not at rest, and rests where nothing follows", () => {
    expect(Object.keys(timers).sort()).toEqual(Object.keys(states).sort());
    expect(Object.keys(rows).sort()).toEqual(Object.keys(states).sort());
    const final = Object.entries(states).flatMap(([state, next]) => (next.length === 0 ? [state] : []));
    expect(final.filter((state) => timers[state] !== "rest")).toEqual([]);
  });

  const waiting = Object.entries(timers).filter((entry): entry is [string, Timer] => entry[1] !== "rest");

  it.each(waiting)(
    "that is %s is moved on by a handler that is deployed and called on schedule",
    (__, { by }) => {
      expect(scheduled).toContain(by);
    },
  );

  it.each(waiting.filter(([, { due }]) => due !== "schedule"))(
    "that is %s is due no later than its timer says",
    async (state, { within }) => {
      const due = await dueOf(rows[state]?.() ?? []);
      expect(due).toBeGreaterThan(now);
      expect(due).toBeLessThanOrEqual(now + within);
    },
  );

  const resting = Object.keys(timers).filter((state) => timers[state] === "rest");

  it.each(resting)("that is %s is due at no time", async (state) => {
    expect(await dueOf(rows[state]?.() ?? [])).toBeUndefined();
  });
});

const dueOf = async (writes: ReturnType<(typeof machines)[string]["rows"][string]>) => {
  const { table } = memoryPlatform();
  for (const write of writes) await table.commit([write]);
  const [write] = writes;
  const row = write && (await table.get(write.table, write.key));
  return row?.["due"] === undefined ? undefined : Number(row["dueAt"]);
};

it("is told in the checkout's README for each state, with its time", () => {
  const readme = readFileSync("functions/checkout/README.md", "utf8");
  const told = [...readme.matchAll(/^\| ([a-z, ]+) \| [^|]+ \|([^|]*)\|$/gm)].flatMap(
    ([, names = "", time = ""]) => names.split(", ").map((name) => [name, time.trim()] as const),
  );
  const times = new Map(told);
  const timers = machines["checkout"]?.timers ?? {};
  for (const [state, timer] of Object.entries(timers))
    expect(times.get(state), state).toContain(timer === "rest" ? "" : inWords(timer.within));
  expect([...times.keys()].filter((name) => !(name in timers))).toEqual(["state"]);
});

const inWords = (milliseconds: number): string => {
  const units = [
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ] as const;
  const [size, name] = units.find(([unit]) => milliseconds % unit === 0) ?? [1, "ms"];
  return `${milliseconds / size} ${name}`;
};
