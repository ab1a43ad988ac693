import { describe, expect, test } from "vitest";
import { hours, minutes, seconds } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { type Random, seededRandom } from "#test/simulation/engine/random.ts";
import { nth, velocityWorld } from "./world.ts";

type World = ReturnType<typeof velocityWorld>;

/** Tries cards, one after the other, until it is braked; answers how many it got to try. */
const tryCards = async (
  world: World,
  { cards, every, agent = () => 1, address }: Tester,
): Promise<number> => {
  for (let card = 1; card <= cards; card += 1) {
    const subjects = { principalId: nth("prn", agent(card)), address: address?.(card) };
    if (await world.buy(`card ${card}`, subjects)) return card - 1;
    await world.decline(`card ${card}`, subjects);
    world.on.clock.advance(every);
  }
  return cards;
};
type Tester = {
  readonly cards: number;
  readonly every: number;
  readonly agent?: (card: number) => number;
  readonly address?: (card: number) => string;
};

const door = () => "one door";
const another = (card: number) => `door ${card}`;

describe("an attack is braked", () => {
  const atMost: readonly [string, number, Tester][] = [
    ["cards tried at one address, a second each", 7, { cards: 1_000, every: seconds(1), address: door }],
    ["cards tried at one address, a minute each", 12, { cards: 1_000, every: minutes(1), address: door }],
    [
      "cards tried at one address through many agents",
      7,
      { cards: 1_000, every: 1, agent: (card) => card, address: door },
    ],
    [
      "cards tried by one agent at ever new addresses",
      61,
      { cards: 1_000, every: seconds(1), address: another },
    ],
    ["cards tried for downloads, which go nowhere", 61, { cards: 1_000, every: seconds(1) }],
    [
      "the same, slowly enough to seem like a shop",
      121,
      { cards: 1_000, every: seconds(50), address: another },
    ],
    [
      "cards tried by ten agents at ever new addresses",
      201,
      { cards: 1_000, every: seconds(1), agent: (card) => card % 10, address: another },
    ],
  ];
  test.each(atMost)("%s: %i at most", async (_, most, tester) => {
    expect(await tryCards(velocityWorld(), tester)).toBeLessThanOrEqual(most);
  });

  const flood = async (act: (nth: number) => Promise<unknown>): Promise<number> => {
    for (let each = 0; each < 10_000; each += 1) if (await act(each)) return each;
    return 10_000;
  };

  test("stolen cards that work, and go to one door: 20 an hour", async () => {
    const { buy } = velocityWorld();
    expect(await flood((each) => buy(`${each}`, { address: "one door" }))).toBe(20);
  });

  test("an agent that runs wild: 600 in ten minutes, and its store sells on to others", async () => {
    const { buy } = velocityWorld();
    const wild = (each: number) => buy(`${each}`, { address: `door ${each}` });
    expect(await flood(wild)).toBe(600);
    for (let each = 601; each < 3_000; each += 1) expect(await wild(each)).toBe("completions_per_principal");
    expect(await buy("another's", { principalId: nth("prn", 2), address: "a door" })).toBeUndefined();
  });

  test("many agents that run wild: 1,500 a store in ten minutes, and the next store sells on", async () => {
    const { buy } = velocityWorld();
    const wild = (each: number) => buy(`${each}`, { principalId: nth("prn", each) });
    expect(await flood(wild)).toBe(1_500);
    expect(await buy("elsewhere", { storeId: nth("store", 2) })).toBeUndefined();
  });

  test("stolen cards for what is dear, to one door: 50,000 euros an hour, whatever the currency", async () => {
    const { buy } = velocityWorld();
    expect(await flood((each) => buy(`${each}`, { address: "one door" }, 500_000))).toBe(10);
    const yen = (each: number) => buy(`${each}`, { address: "a door in Osaka" }, 5_000_000, "jpy");
    expect(await flood(yen)).toBe(10);
  });

  test("one order that is far too large passes, and nothing after it until the hour ends", async () => {
    const { buy, on } = velocityWorld();
    expect(await buy("a palace", { address: "one door" }, 100_000_000)).toBeUndefined();
    expect(await buy("a pencil", { address: "one door" }, 100)).toBe("amount_per_address");
    expect(await buy("a palace", { address: "one door" }, 100_000_000)).toBeUndefined();
    on.clock.advance(hours(1));
    expect(await buy("a pencil", { address: "one door" }, 100)).toBeUndefined();
  });

  test("what a currency is worth may be unknown: then the amounts of a store have the limit that it sets", async () => {
    const dear = (each: number) => [`${each}`, { address: "one door" }, 10_000_000, "xyz"] as const;
    const { buy } = velocityWorld();
    expect(await flood((each) => buy(...dear(each)))).toBe(20);
    const { buy: braked } = velocityWorld({ amount_per_address: 30_000_000 });
    expect(await flood((each) => braked(...dear(each)))).toBe(3);
  });

  test("an agent that buys what is dear for ever new addresses: 300,000 euros in ten minutes", async () => {
    const { buy } = velocityWorld();
    const wild = (each: number) => buy(`${each}`, { address: `door ${each}` }, 200_000);
    expect(await flood(wild)).toBe(150);
    expect(await buy("another's", { principalId: nth("prn", 2) }, 200_000)).toBeUndefined();
  });

  test("a key that gives money back: 100 an hour", async () => {
    const { refund } = velocityWorld();
    expect(await flood((each) => refund(`${each}`))).toBe(100);
  });

  test("a key that makes itself at home: 10 new domains a day, through whatever agents", async () => {
    const { addDomain, on } = velocityWorld();
    const settle = (each: number) =>
      addDomain(`shop${each}.example.com`, { principalId: nth("prn", each % 5) });
    expect(await flood(settle)).toBe(10);
    on.clock.advance(hours(24));
    expect(await settle(11)).toBeUndefined();
  });

  test("several keys that give money back: the same 100", async () => {
    const { refund } = velocityWorld();
    expect(await flood((each) => refund(`${each}`, { principalId: nth("prn", each % 5) }))).toBe(100);
  });
});

/** One buyer, who tries another card when one is declined, up to four; answers whether that was braked. */
const buys = async (world: World, random: Random, which: number, usual: number): Promise<boolean> => {
  // One in ten buys for the office again.
  const address = random.chance(0.1) ? "the office" : `door ${which}`;
  const subjects = { principalId: nth("prn", random.below(3)), address };
  // Of many sizes, and one time in fifty ten times as much.
  const amount = Math.ceil(-usual * Math.log(1 - random.unit())) * (random.chance(0.02) ? 10 : 1);
  for (let card = 1; card <= 4; card += 1) {
    if (await world.buy(`${which} ${card}`, subjects, amount)) return true;
    if (random.chance(0.9)) return false;
    await world.decline(`${which} ${card}`, subjects);
    world.on.clock.advance(random.below(minutes(2)));
  }
  return false;
};

/** One shop's day, busier towards the evening, with a few returns; answers whether anybody was braked. */
const isBraked = async (day: number): Promise<boolean> => {
  const random = seededRandom(day);
  const world = velocityWorld();
  const purchases = random.pick([5, 10, 20, 20, 40, 80]);
  const usual = random.pick([3_000, 9_000, 90_000]);
  const moments = Array.from({ length: purchases }, () => hours(22) * Math.sqrt(random.unit()));
  for (const [which, moment] of moments.sort((left, right) => left - right).entries()) {
    world.on.clock.set(Math.max(world.on.now(), Date.UTC(2026, 10, 23) + Math.floor(moment)));
    if (random.chance(0.01) && (await world.addDomain(`shop${which}.example.com`))) return true;
    const refused = random.chance(0.05) && (await world.refund(`${which}`)) !== undefined;
    if ((await buys(world, random, which, usual)) || refused) return true;
  }
  return false;
};

test("of normal days one in a thousand at most sees a brake", async () => {
  const count = effort(20_000);
  const from = seed(1);
  let braked = 0;
  for (let day = from; day < from + count; day += 1) braked += Number(await isBraked(day));
  expect(braked).toBeLessThanOrEqual(count / 1_000);
}, 600_000);
