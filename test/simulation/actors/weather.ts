import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { count } from "../engine/faults.ts";
import type { Random } from "../engine/random.ts";
import type { Actor } from "./actor.ts";

const second = 1_000;
const spells = [30 * second, 10 * 60 * second, 2 * 3_600 * second, 26 * 3_600 * second] as const;

/** A day without Stripe is a run a minute for whoever waits: as dear as thirty other schedules, so it is rare. */
const stripeSpell = (random: Random): number =>
  random.chance(0.02) ? spells[3] : random.pick(spells.slice(0, 3));

/** Longer than anybody waits for an answer: what is given up is given up while nobody knows. */
const longAbsence = async (cloud: Cloud): Promise<void> => {
  const { scheduler, random, counts } = cloud.world;
  await scheduler.sleep(random.below(8 * second));
  const spell = random.chance(0.1) ? spells[3] : spells[2];
  cloud.stripeAwayUntil = scheduler.now() + spell;
  count(counts, "Stripe away");
  await scheduler.sleep(spell);
};

const listenersOf = ({ own, feed, endpoints }: Shop) =>
  [own, feed, ...endpoints].filter((each) => each !== undefined);

/** What befalls the world at large: Stripe or a receiver is away for minutes, or for more than a day. */
export const weather: Actor = {
  name: "weather",
  act: async (cloud) => {
    const { scheduler, random, fates } = cloud.world;
    if (random.chance(0.04)) await longAbsence(cloud);
    for (let gust = 0; gust < 6 && !fates.isCalm; gust += 1) {
      await scheduler.sleep(random.below(20 * second));
      if (fates.happens("Stripe away")) cloud.stripeAwayUntil = scheduler.now() + stripeSpell(random);
      if (!fates.happens("receiver away")) continue;
      const { url } = random.pick(listenersOf(random.pick(cloud.shops)));
      cloud.receivers.goAway(url, scheduler.now() + random.pick(spells));
    }
  },
};
