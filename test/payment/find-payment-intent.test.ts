import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPaymentIntent, keyLife } from "#functions/payment/find-payment-intent.ts";
import { metadataOf } from "#functions/payment/payment.ts";
import { hours, minutes, seconds } from "#functions/values/clock.ts";
import type { Intent } from "#infra/local/stripe/objects.ts";
import { effort, seed } from "#test/effort.ts";
import { aWorld, paymentOf, type World } from "./world.ts";

const [account, wanted] = [
  { livemode: false },
  { amount: 500, currency: "eur", token: { kind: "pm", token: "pm_card_visa" }, metadata: {} },
] as const;

/** A payment of which Stripe's answer was lost, on an account on which others are made, by Stripe's own clock. */
const aBusyAccount = async ({ perPage = seconds(0.4), drift = 0 } = {}) => {
  const world = await aWorld();
  const requestedAt = world.now();
  await world.stripe.createPaymentIntent(account, wanted, "a pattern");
  const pattern = world.stripe.intents()[0] as Intent;
  let count = 1;
  const made = (at: number, metadata = {}) => {
    count += 1;
    const created = Math.floor((at + drift) / 1_000);
    const sequence = created * 100_000 + count;
    world.stripe.state.put("intent", { ...pattern, id: `pi_${count}`, sequence, created, metadata });
    return `pi_${count}`;
  };
  const ours = async (at: number) => made(at, metadataOf(await paymentOf(world)));
  let pages = 0;
  /** One invocation of so long; each page takes its time. */
  const search = async (budget = seconds(12)) => {
    const until = world.now() + budget;
    const listPaymentIntents: World["stripe"]["listPaymentIntents"] = (...given) => {
      world.clock.advance(perPage);
      pages += 1;
      return world.stripe.listPaymentIntents(...given);
    };
    const on = { stripe: { listPaymentIntents }, table: world.table, now: world.now, deployment: "test" };
    return findPaymentIntent({ ...on, remaining: () => until - world.now() })(await paymentOf(world));
  };
  return { ...world, requestedAt, made, ours, search, pages: () => pages };
};

/** Evenly over the whole time in which ours may have been made. */
const fill = (account: Awaited<ReturnType<typeof aBusyAccount>>, count: number) => {
  for (let nth = 0; nth < count; nth += 1)
    account.made(account.requestedAt + Math.floor((nth * keyLife) / count));
};

describe("on an account that makes ten thousand PaymentIntents a day", () => {
  const aDayLater = async () => {
    const busy = await aBusyAccount();
    busy.clock.advance(hours(24));
    return busy;
  };

  test("one that is not there is known not to be after a few invocations of 12 s", async () => {
    const busy = await aDayLater();
    fill(busy, 10_000);
    const found: string[] = [];
    while (found.at(-1) !== "none" && found.length < 100) found.push((await busy.search()).found);
    expect(found).toEqual(["unfinished", "unfinished", "unfinished", "none"]);
    expect(busy.pages()).toBeLessThan(110);
  });

  test("one that was made as it was asked for is found in the first", async () => {
    const busy = await aDayLater();
    const id = await busy.ours(busy.requestedAt + seconds(3));
    fill(busy, 10_000);
    expect(await busy.search()).toMatchObject({ found: "intent", intent: { id } });
    expect(busy.pages()).toBeLessThan(3);
  });

  test("one that was made late is found in the end", async () => {
    const busy = await aDayLater();
    fill(busy, 5_000);
    const id = await busy.ours(busy.requestedAt + hours(22));
    let found = await busy.search();
    for (let run = 0; found.found === "unfinished" && run < 100; run += 1) found = await busy.search();
    expect(found).toMatchObject({ found: "intent", intent: { id } });
  });
});

test("on a quiet account two pages say that there is none, and nothing is searched twice", async () => {
  const quiet = await aBusyAccount();
  quiet.clock.advance(hours(24));
  expect([await quiet.search(), quiet.pages()]).toEqual([{ found: "none" }, 2]);
  expect([await quiet.search(), quiet.pages()]).toEqual([{ found: "none" }, 2]);
});

test("an invocation in which Stripe answers nothing keeps the place of the one before", async () => {
  const busy = await aBusyAccount();
  busy.clock.advance(hours(24));
  fill(busy, 5_000);
  await busy.search();
  const { searched } = await paymentOf(busy);
  busy.stripe.fail({ match: "GET /v1/payment_intents", when: "before", kind: "timeout" });
  expect(await busy.search()).toEqual({ found: "unfinished" });
  expect([searched !== undefined, (await paymentOf(busy)).searched]).toEqual([true, searched]);
});

type Story = { readonly busy: Awaited<ReturnType<typeof aBusyAccount>>; id?: string };

const look = async ({ busy, id }: Story, budget?: number) => {
  const found = await busy.search(budget);
  if (found.found !== "unfinished")
    expect(found).toMatchObject(id ? { found: "intent", intent: { id } } : { found: "none" });
};

/** What may happen next, each with a number that says how much of it. */
const acts = {
  others: ({ busy }: Story, much: number) => {
    for (let nth = 0; nth < much; nth += 1) busy.made(busy.now());
  },
  ours: async (story: Story) => {
    story.id ??= await story.busy.ours(story.busy.now());
  },
  search: (story: Story, much: number) => look(story, 2_500 + 10 * much),
  pass: ({ busy }: Story, much: number) => busy.clock.advance(minutes(1 + Math.floor(much / 4))),
};
type Act = keyof typeof acts;
const often = Object.keys(acts).filter((name) => name !== "ours") as Act[];
const act = fc.tuple(fc.constantFrom<Act>(...often, ...often, ...often, "ours"), fc.nat(150));

test("'none' is never said of one that is there, whenever it was made and whenever it was looked for", async () => {
  const ends = { none: 0, intent: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 5, maxLength: 30 }),
      fc.integer({ min: -minutes(4.5), max: minutes(4.5) }),
      async (happenings, drift) => {
        const story: Story = { busy: await aBusyAccount({ drift }) };
        for (const [name, much] of happenings) await acts[name](story, much);
        story.busy.clock.advance(keyLife + minutes(15));
        for (let run = 0; run < 5; run += 1) await look(story);
        const { found } = await story.busy.search();
        expect(found).toBe(story.id ? "intent" : "none");
        ends[found as keyof typeof ends] += 1;
      },
    ),
    { numRuns: effort(1_000, 20), seed: seed(31) },
  );
  expect(Math.min(ends.none, ends.intent)).toBeGreaterThan(effort(1_000, 20) / 20);
});
