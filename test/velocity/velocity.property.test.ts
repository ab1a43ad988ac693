import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { days, minutes } from "#functions/values/clock.ts";
import {
  brakes,
  Limits,
  type RuleName,
  ruleNames,
  ruleOf,
  rules,
  sumBeside,
} from "#functions/velocity/velocity.ts";
import { effort, seed } from "#test/effort.ts";
import { nth, velocityWorld } from "./world.ts";

describe("every rule", () => {
  test.each(ruleNames)("%s forgets within a day, and whole windows make up a day", (rule) => {
    expect(ruleOf(rule).within).toBeLessThanOrEqual(days(1));
    expect(days(1) % ruleOf(rule).within).toBe(0);
  });

  test.each(ruleNames)("%s stands before something, and a store can set it", (rule) => {
    const standing: readonly RuleName[] = Object.values(brakes).flatMap(({ looksAt, counts }) => [
      ...looksAt,
      ...counts.flat(),
      ...counts.flat().flatMap((each) => sumBeside(each) ?? []),
    ]);
    expect(standing).toContain(rule);
    expect(Limits.parse({ [rule]: 5 })).toEqual({ [rule]: 5 });
  });

  test("lets an agent take no more than a part of what its store shares", () => {
    expect(rules.completions_per_principal.limit).toBeLessThan(rules.completions_per_store.limit);
    expect(rules.declines_per_principal.limit).toBeLessThan(rules.declines_per_store.limit);
  });
});

const aVisit = fc.record({
  /** The time before it, in minutes. */
  after: fc.oneof(fc.constant(0), fc.nat(20)),
  id: fc.nat(30),
  agent: fc.nat(1),
  address: fc.nat(2),
});
type Visit = { after: number; id: number; agent: number; address: number };
const limits = { completions_per_address: 3, completions_per_principal: 5, completions_per_store: 7 };
type Limited = keyof typeof limits;

/** Of each rule, for each whom, in each window: who came, and who was let through. */
const ledger = () => {
  const pages = new Map<string, { limit: number; asked: string[]; passed: Set<string> }>();
  return (now: number, whose: Readonly<Record<Limited, number | string>>) =>
    Object.entries(whose).map(([name, whom]) => {
      const rule = name as Limited;
      const at = `${rule} ${whom} ${Math.floor(now / rules[rule].within)}`;
      const page = pages.get(at) ?? { limit: limits[rule], asked: [], passed: new Set() };
      pages.set(at, page);
      return page;
    });
};

const visiting = () => {
  const world = velocityWorld(limits);
  const pagesOf = ledger();
  return async ({ after, id: number, agent, address }: Visit) => {
    world.on.clock.advance(minutes(after));
    const pages = pagesOf(world.on.now(), {
      completions_per_address: address,
      completions_per_principal: agent,
      completions_per_store: "all",
    });
    const id = `${number} ${agent} ${address}`;
    const buy = () => world.buy(id, { principalId: nth("prn", agent), address: `mark${address}` });
    const braked = await buy();
    const refusedWithRoom = braked !== undefined && pages.every(hasRoom);
    for (const page of pages) note(page, id, braked === undefined);
    const counted = world.counters();
    return {
      refusedWithRoom,
      tooMany: pages.filter(({ passed, limit }) => passed.size > limit).length,
      answeredAnew: (await buy()) !== braked,
      countedAnew: braked === undefined && !isDeepStrictEqual(counted, world.counters()),
    };
  };
};
type Page = ReturnType<ReturnType<typeof ledger>>[number];

const note = ({ asked, passed }: Page, id: string, isLetThrough: boolean): void => {
  asked.push(id);
  if (isLetThrough) passed.add(id);
};

const hasRoom = ({ asked, limit }: Page): boolean => asked.length < limit;

const asPromised = { refusedWithRoom: false, tooMany: 0, answeredAnew: false, countedAnew: false };

test("of all histories none lets through more than a rule allows, refuses while every rule has room, or counts a repeat", async () => {
  const property = fc.asyncProperty(fc.array(aVisit, { maxLength: 60 }), async (visits) => {
    const visit = visiting();
    for (const each of visits) expect(await visit(each)).toEqual(asPromised);
  });
  await fc.assert(property, { numRuns: effort(20_000), seed: seed(5) });
});
