import fc from "fast-check";
import { expect, it } from "vitest";
import { claimAnswer, findAnswer, storeAnswer } from "#functions/runtime/idempotency.ts";
import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import { days, seconds } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { effort, seed } from "../effort.ts";
import { type MemoryPlatform, memoryPlatform } from "../fakes/memory-platform.ts";

/** What happens to one key: two clients with two bodies try, runs die half-way, time passes. */
const step = fc.oneof(
  fc.record({
    what: fc.constant("try" as const),
    body: fc.constantFrom("a", "b"),
    dies: fc.boolean(),
    claims: fc.boolean(),
  }),
  fc.record({
    what: fc.constant("pass" as const),
    time: fc.constantFrom(1, seconds(30), seconds(60), days(29), days(31)),
  }),
);

const lease = seconds(60);

it("has one effect and one answer per key and body, whatever dies or comes again, for thirty days", async () => {
  const promise = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const on = memoryPlatform();
    let effects: readonly Effect[] = [];
    for (const each of steps) {
      if (each.what === "pass") on.clock.advance(each.time);
      else effects = await observed(on, each, effects);
    }
    expect(on.table.rows("commerce").filter((row) => row.sk === "effect")).toHaveLength(effects.length);
  });
  await fc.assert(promise, { numRuns: effort(100_000), seed: seed(7_919) });
});

type Effect = { readonly at: number; readonly body: string };
type Try = { body: string; claims: boolean; dies: boolean };

const observed = async (on: MemoryPlatform, { body, claims, dies }: Try, effects: readonly Effect[]) => {
  const remembered = effects.filter((effect) => effect.at > on.now() - days(30));
  const end = await attempt(on, body, claims, dies);
  if (typeof end === "object") expect(remembered.map((effect) => effect.body)).toEqual([end.replayed]);
  if (end !== "done") return effects;
  expect(remembered, "no second effect while the first is remembered").toEqual([]);
  return [...effects, { at: on.now(), body }];
};

/** What a protocol's POST does: look, perhaps claim in a first transaction, then effect and answer in one. */
const attempt = async (
  on: MemoryPlatform,
  body: string,
  claims: boolean,
  dies: boolean,
): Promise<"refused" | "died" | "lost" | "done" | { replayed: unknown }> => {
  const request: IdempotencyRequest = { scope: "s", key: "k", canonical: body, raw: body };
  try {
    const seen = await findAnswer(on)(request, "canonical");
    if (seen.seen === "finished") return { replayed: seen.answer };
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return "refused";
  }
  const now = on.now();
  if (
    claims &&
    (await tryCommit(on.table, [claimAnswer(request, { now, leaseUntil: now + lease })])).length > 0
  )
    return "lost";
  if (dies) return "died";
  const effect: Write = {
    table: "commerce",
    key: { pk: `effect-${now}`, sk: "effect" },
    change: { add: { times: 1 } },
  };
  const lost = await tryCommit(on.table, [effect, storeAnswer(request, { now, status: 200, answer: body })]);
  return lost.length > 0 ? "lost" : "done";
};

it("lets one of many at once have the effect", async () => {
  const on = memoryPlatform();
  const bodies = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? "a" : "b"));
  const ends = await Promise.all(bodies.map((body, index) => attempt(on, body, index % 3 === 0, false)));
  expect(ends.filter((end) => end === "done")).toHaveLength(1);
  expect(on.table.rows("commerce").filter((row) => row.sk === "effect")).toMatchObject([{ times: 1 }]);
});
