import { expect, test } from "vitest";
import { minutes } from "#functions/values/clock.ts";
import { whole } from "#test/effort.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { mortal } from "#test/fakes/mortal.ts";
import { injections } from "./injections.ts";
import { seededRandom } from "./random.ts";
import { aWorld } from "./world.ts";

/** Something of each: a lost payment, a refund and a delivery that nobody knows, a checkout that nobody moves on. */
const aDisorder = async () => {
  const world = await aWorld();
  const bought = [await world.buy(), await world.buy()];
  await world.sweep(1);
  const [first, second] = bought;
  if (!first || !second) throw new Error("nothing was bought");
  for (const kind of [
    "orphan_refund",
    "stuck_execution",
    "charged_not_recorded",
    "missing_delivery",
  ] as const)
    await injections[kind](world, kind === "orphan_refund" ? first : second, seededRandom(`crash ${kind} 1`));
  return world;
};

test("a run that dies at any of its calls harms nothing: the next one finds all and heals it once", async () => {
  const living = await aDisorder();
  const counted = mortal(living.process);
  await shopOn(counted.process).reconcile({ scope: "full" });
  expect(counted.calls()).toBeGreaterThan(50);
  const step = whole ? 1 : 41;
  for (let call = 1; call <= counted.calls(); call += step)
    for (const when of ["before", "after"] as const) {
      const world = await aDisorder();
      const dying = mortal(world.process, { call, when });
      await shopOn(dying.process)
        .reconcile({ scope: "full" })
        .catch(() => undefined);
      expect(dying.died()).toBe(true);
      for (let run = 0; run < 3; run += 1) {
        world.on.clock.advance(minutes(15));
        await world.sweep(2);
        await world.schedule("full");
      }
      expect(await world.hand({ scope: "full" }), `${call} ${when}`).toMatchObject({
        healed: [],
        found: [],
        open: [],
      });
      expect(world.stripe.intents()).toHaveLength(living.stripe.intents().length);
      expect(world.stripe.refunds()).toHaveLength(living.stripe.refunds().length);
    }
}, 600_000);
