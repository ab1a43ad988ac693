import { describe, expect, test } from "vitest";
import { Kind, kinds } from "#functions/reconciliation/divergence.ts";
import { minutes } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { injections } from "./injections.ts";
import { seededRandom } from "./random.ts";
import { aWorld, type Shown, type World } from "./world.ts";

const instances = effort(500, 250);

const matches = (shown: Shown, kind: Kind, ids: object): boolean =>
  shown.kind === kind && Object.entries(ids).every(([name, id]) => shown[name] === id);

/** Some orders that are all in order, one of them the victim. */
const aShopWithVictim = async (random: () => number) => {
  const world = await aWorld();
  const bought = [];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    bought.push(await world.buy());
    world.on.clock.advance(minutes(Math.floor(random() * 30)));
  }
  await world.sweep(1);
  const victim = bought[Math.floor(random() * bought.length)];
  if (!victim) throw new Error("nothing was bought");
  return { world, victim };
};

/** Later, as often as schedules come, until a run has nothing to heal any more. */
const quiet = async (world: World): Promise<void> => {
  for (let run = 0; run < 3; run += 1) {
    world.on.clock.advance(minutes(15));
    await world.sweep(2);
    await world.schedule("full");
    await world.schedule();
  }
};

describe.each(Kind.options)("%s", (kind) => {
  const first = seed(11);
  test.each(Array.from({ length: instances }, (_, index) => first + index))(
    "is found by one run, and healed or told with what to do (seed %i)",
    async (at) => {
      const random = seededRandom(`${kind} ${at}`);
      const { world, victim } = await aShopWithVictim(random);
      const { ids, heals } = await injections[kind](world, victim, random);
      const told = await world.hand({ scope: "full" });
      expect(told).toMatchObject({ done: true, unread: 0 });
      const found = heals ? told.healed : told.found;
      expect(
        found.filter((shown) => matches(shown, kind, ids)),
        JSON.stringify(told),
      ).not.toEqual([]);
      await quiet(world);
      const open = await world.open();
      expect(open.some(({ divergence }) => divergence.kind === kind)).toBe(!heals);
      expect(world.rings() > 0).toBe(!heals);
      if (heals) expect(open).toEqual([]);
      else
        expect(await world.hand()).toMatchObject({
          open: expect.arrayContaining([expect.objectContaining({ kind, ...ids })]),
          runbooks: { [kind]: kinds[kind].runbook },
        });
    },
  );
});
