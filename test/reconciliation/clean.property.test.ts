import { expect, test } from "vitest";
import { minutes } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { aHistory } from "./history.ts";
import { seededRandom } from "./random.ts";
import { aWorld } from "./world.ts";

const first = seed(101);
const seeds = Array.from({ length: effort(1_000) }, (_, index) => first + index);

test.each(seeds)("while orders live their lives, nothing rings (seed %i)", async (at) => {
  const random = seededRandom(`clean ${at}`);
  const world = await aWorld();
  const history = aHistory(world, random);
  for (let round = 0; round < 4; round += 1) {
    await history.live(8);
    const told = await world.schedule(random() < 0.5 ? "recent" : "full");
    expect({ ...told, looked: 0, healed: 0 }, JSON.stringify(await world.open())).toEqual({
      looked: 0,
      healed: 0,
      open: 0,
      unread: 0,
    });
  }
  expect([world.rings(), await world.open()]).toEqual([0, []]);
});

test.each(seeds)(
  "once all has come to its end, books agree and there is nothing to heal (seed %i)",
  async (at) => {
    const world = await aWorld();
    await aHistory(world, seededRandom(`rest ${at}`)).live(30);
    await world.sweep(5);
    world.on.clock.advance(minutes(20));
    await world.sweep(3);
    // What was done at Stripe itself, nobody has told us in this world: the first run takes it over.
    await world.schedule("full");
    const told = await world.hand({ scope: "full" });
    expect(told).toMatchObject({ done: true, unread: 0, healed: [], found: [], open: [] });
    expect(world.rings()).toBe(0);
  },
);
