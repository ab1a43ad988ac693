import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import { claimAnswer } from "#functions/runtime/idempotency.ts";
import { idempotencyGuide, idempotencyOf } from "#functions/runtime/idempotency-key.ts";
import type { Table } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { days, seconds } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { type Asked, cases, me, others, type PostWorld, posts, postWorld } from "./post-world.ts";

it("has a case for every POST of both APIs", () => {
  expect(posts.toSorted()).toEqual(Object.keys(cases).sort());
  expect(posts.length).toBeGreaterThan(7);
});

const ask = async (route: string) => {
  const world = await postWorld();
  const asked = await (cases[route] as (world: PostWorld) => Promise<Asked>)(world);
  const call = (key: string | undefined = "key", body = asked.body) => world.call(asked.path, body, key);
  return { world, asked, call };
};

const ok = (status: number) => status >= 200 && status < 300;
/** How completing says "in flight" in a session's own words: no answer yet, and none that is kept. */
const isInProgress = (text: string) => text.includes('"status":"complete_in_progress"');
const down = () => Promise.reject(new Unavailable("down"));

describe.each(Object.keys(cases))("POST %s", (route) => {
  it("wants a key of at most 255 characters, and does nothing without", async () => {
    const { world, call } = await ask(route);
    const before = world.traces();
    const missing = await call("");
    expect(missing).toMatchObject({ statusCode: 400, body: { code: "idempotency_key_required" } });
    // ACP's errors have a message only, ours say by their type where it is explained.
    const { type = "", message = "" } = missing.body as { type?: string; message?: string };
    expect(message || type).toContain(idempotencyGuide);
    for (const key of ["k".repeat(256), "ключ"])
      expect(await call(key)).toMatchObject({ body: { code: "invalid" } });
    expect(world.traces()).toBe(before);
  });

  it("answers the same request again with the same bytes, says so and does nothing", async () => {
    const { world, call } = await ask(route);
    const first = await call();
    expect([ok(first.statusCode), first.headers["idempotent-replayed"]]).toEqual([true, undefined]);
    const before = world.traces();
    for (const key of ["key", '"key"']) {
      const again = await call(key);
      expect([again.statusCode, again.text]).toEqual([first.statusCode, first.text]);
      expect(again.headers["idempotent-replayed"]).toBe("true");
    }
    expect(world.traces()).toBe(before);
  });

  it("keeps nothing by which its key or body could be tried, not while it is at work either", async () => {
    const { world, asked, call } = await ask(route);
    const { table } = world.platform;
    const written: string[] = [];
    world.seeThrough({
      commit: (writes) => {
        written.push(JSON.stringify(writes));
        return table.commit(writes);
      },
    });
    expect(ok((await call("ada@canary.example orders 4242424242424242")).statusCode)).toBe(true);
    expect(written.length).toBeGreaterThan(0);
    const kept = `${written}${world.traces()}`;
    expect(kept).not.toMatch(/4242424242424242/);
    for (const told of [canonicalJson(asked.body), JSON.stringify(asked.body)])
      expect(kept).not.toContain(sha256(told));
  });

  it("refuses another body under the key, and does nothing", async () => {
    const { world, asked, call } = await ask(route);
    await call();
    const before = world.traces();
    expect(await call("key", asked.other)).toMatchObject({
      statusCode: 422,
      body: { code: "idempotency_conflict" },
    });
    expect(world.traces()).toBe(before);
  });

  it("has one effect of two at once, and one answer", async () => {
    const { world, call } = await ask(route);
    const both = await Promise.all([call(), call()]);
    expect(
      both.map(({ statusCode }) => statusCode).filter((status) => !ok(status) && status !== 409),
    ).toEqual([]);
    const texts = new Set(both.filter(({ statusCode }) => ok(statusCode)).map(({ text }) => text));
    const before = world.traces();
    expect(texts).toContain((await call()).text);
    expect([...texts].filter((text) => !isInProgress(text))).toHaveLength(1);
    expect(world.traces()).toBe(before);
    expect(Math.max(...world.money())).toBeLessThanOrEqual(1);
  });

  it("holds a repeat off while the first is at work, and says when to come again", async () => {
    const { world, asked, call } = await ask(route);
    const bytes = Buffer.from(JSON.stringify(asked.body));
    const known = idempotencyOf(`${me.principalId} POST ${asked.path}`, "key", { value: asked.body, bytes });
    const now = world.platform.now();
    await world.platform.table.commit([claimAnswer(known, { now, leaseUntil: now + seconds(30) })]);
    const before = world.traces();
    const held = await call();
    expect(held).toMatchObject({ statusCode: 409, body: { code: "idempotency_in_flight" } });
    expect(Number(held.headers["retry-after"])).toBeGreaterThan(0);
    expect(world.traces()).toBe(before);
  });

  it.each<[string, (table: Table) => Partial<Table>]>([
    ["read", () => ({ get: down, query: down })],
    ["written", () => ({ commit: down, tally: down })],
  ])(
    "answers 503 and does nothing while the table cannot be %s; then the same request does it",
    async (_, broken) => {
      const { world, call } = await ask(route);
      const before = world.traces();
      world.seeThrough(broken(world.platform.table));
      const failed = await call();
      expect([failed.statusCode, Number(failed.headers["retry-after"]) > 0]).toEqual([503, true]);
      expect(world.traces()).toBe(before);
      world.seeThrough({});
      expect(ok((await call()).statusCode)).toBe(true);
    },
  );

  it("finds its own effect when only the answer of the table was lost", async () => {
    const { world, call } = await ask(route);
    const { table } = world.platform;
    world.seeThrough({ commit: (writes) => table.commit(writes).then(down) });
    const lost = await call();
    expect(lost.statusCode === 503 || isInProgress(lost.text)).toBe(true);
    world.seeThrough({});
    world.platform.clock.advance(seconds(61));
    const again = await call();
    expect(ok(again.statusCode)).toBe(true);
    const before = world.traces();
    expect((await call()).text).toBe(again.text);
    expect(world.traces()).toBe(before);
    expect(Math.max(...world.money())).toBeLessThanOrEqual(1);
  });

  it("moves no money a second time, 31 days later", async () => {
    const { world, call } = await ask(route);
    await call();
    const money = world.money();
    world.platform.clock.advance(days(31));
    const late = await call();
    expect([late.statusCode < 500, world.money()]).toEqual([true, money]);
  });
});

it("answers nobody from another's record, whatever their keys", async () => {
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(cases)),
      fc.string({ minLength: 1, maxLength: 40 }).filter((key) => key.trim() === key && key !== ""),
      fc.constantFrom(...others),
      async (route, key, other) => {
        const { world, asked: what, call } = await ask(route);
        const mine = await call(key);
        const theirs = await world.call(what.path, what.body, key, other);
        asked += ok(mine.statusCode) ? 1 : 0;
        expect(theirs.headers["idempotent-replayed"]).toBeUndefined();
        if (!what.same) expect(theirs.text).not.toBe(mine.text);
      },
    ),
    { numRuns: effort(5_000), seed: seed(12) },
  );
  expect(asked).toBeGreaterThan(effort(5_000) / 2);
});
