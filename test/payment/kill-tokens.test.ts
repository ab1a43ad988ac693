import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { times } from "#functions/checkout/checkout.ts";
import { longestRun } from "#functions/checkout/workflow.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { minutes } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { tokenStory } from "./token-story.ts";
import {
  actor,
  authorize,
  buy,
  callTakes,
  killDying,
  openAttempts,
  ready,
  reason,
  switchOn,
  takeOver,
  tokensLeft,
  tokenWorld,
  wholeKill,
} from "./token-world.ts";

describe("killing a store's tokens", () => {
  it("refuses to buy from then on, and says why", async () => {
    const world = await tokenWorld();
    const id = await ready(world);
    await wholeKill(world, { stores: storeId });
    await expect(buy(world.process, id)).rejects.toMatchObject({ code: "payments_suspended" });
    expect(world.charges).toEqual([]);
  });

  it("is done only when the longest run that may have begun before is over, in less than a minute", async () => {
    const world = await tokenWorld();
    const { kill } = switchOn(world.process);
    const begun = world.on.now();
    expect(await kill({ stores: storeId, reason }, actor)).toEqual({
      done: false,
      looked: 0,
      inFlight: 0,
      waitSeconds: (callTakes + longestRun) / 1_000,
      cursor: {},
    });
    expect(callTakes + longestRun).toBeLessThan(minutes(1));
    world.on.clock.advance(callTakes + longestRun - 1);
    expect(await kill({ stores: storeId, reason, cursor: {} }, actor)).toMatchObject({ waitSeconds: 1 });
    world.on.clock.advance(1);
    // Without the cursor too: what was killed stays so from the first moment.
    expect(await kill({ stores: storeId, reason }, actor)).toMatchObject({ done: true, stores: storeId });
    expect((await storeStore(world.on.table).get(storeId))?.tokensKilledAt).toBe(begun);
  });

  it("takes the token from an attempt whose outcome is open, which is then only looked up", async () => {
    const world = await tokenWorld();
    const id = await ready(world);
    world.stripe.fail({ match: "POST /v1/payment_intents", kind: "timeout" });
    await buy(world.process, id);
    expect([tokensLeft(world), world.charges.length, world.stripe.intents()]).toEqual([1, 1, []]);
    await wholeKill(world, { stores: storeId });
    expect(tokensLeft(world)).toBe(0);
    world.on.clock.advance(times.giveUp);
    for (let round = 0; round < 3; round += 1) {
      world.on.clock.advance(times.lease);
      await shopOn(world.process).sweepCheckouts();
    }
    expect(world.charges).toHaveLength(1);
    expect((await shopOn(world.process).checkouts.get(storeId, id))?.status).toBe("ready");
  });

  it("keeps an order whose charge was made before, though its run died then", async () => {
    const world = await tokenWorld();
    const id = await ready(world);
    world.stripe.fail({ match: "POST /v1/payment_intents", when: "after", kind: "timeout", times: 1 });
    await buy(world.process, id);
    await wholeKill(world, { stores: storeId });
    world.on.clock.advance(times.lease);
    await shopOn(world.process).sweepCheckouts();
    expect((await shopOn(world.process).checkouts.get(storeId, id))?.status).toBe("completed");
    expect([world.charges.length, world.stripe.intents()]).toMatchObject([
      1,
      [{ status: "requires_capture" }],
    ]);
  });

  it("makes a run that takes over forget the token, before any walk has come by", async () => {
    const world = await tokenWorld();
    const id = await ready(world);
    world.stripe.fail({ match: "POST /v1/payment_intents", kind: "timeout", times: 1 });
    await buy(world.process, id);
    await switchOn(world.process).kill({ stores: storeId, reason }, actor);
    world.on.clock.advance(times.lease);
    await takeOver(world.process, id);
    expect([world.charges.length, tokensLeft(world)]).toEqual([1, 0]);
  });

  it("refuses the new attempt of a buyer who comes back from the bank", async () => {
    const world = await tokenWorld();
    const id = await ready(world);
    const store = await storeStore(world.on.table).get(storeId);
    const threeDSecure = {
      acquirerBin: "123456",
      acquirerCountry: "DE",
      acquirerMerchantId: "m",
      merchantName: "Tea",
    };
    await world.on.table.commit([
      { table: "access", key: { pk: storeId, sk: "store" }, change: { set: { threeDSecure } } },
    ]);
    expect(store).toBeDefined();
    await buy(world.process, id, { payment: { kind: "pm", token: "pm_card_authenticationRequired" } });
    expect((await shopOn(world.process).checkouts.get(storeId, id))?.status).toBe("authenticating");
    await switchOn(world.process).kill({ stores: storeId, reason }, actor);
    const again = buy(world.process, id, { authentication: { outcome: "authenticated" } });
    await expect(again).rejects.toMatchObject({ code: "payments_suspended" });
    expect(world.charges).toHaveLength(1);
  });

  it("leaves other stores alone, and what costs nothing", async () => {
    const world = await tokenWorld();
    await wholeKill(world, { stores: world.otherStore });
    const id = await ready(world);
    expect((await buy(world.process, id)).order?.status).toBe("placed");
  });
});

describe("killing all tokens", () => {
  it("reaches every store, and is taken back for those that were killed with all", async () => {
    const world = await tokenWorld();
    const stores = storeStore(world.on.table);
    await wholeKill(world, { stores: world.otherStore });
    await wholeKill(world, { stores: "all" });
    expect((await stores.get(storeId))?.tokensKilledWith).toBe("all");
    await switchOn(world.process).accept({ stores: "all", reason }, actor);
    expect((await stores.get(storeId))?.tokensKilledAt).toBeUndefined();
    expect((await stores.get(world.otherStore))?.tokensKilledWith).toBe("store");
    await switchOn(world.process).accept({ stores: world.otherStore, reason }, actor);
    expect((await stores.get(world.otherStore))?.tokensKilledAt).toBeUndefined();
    expect((await buy(world.process, await ready(world))).order?.status).toBe("placed");
  });

  it("does not go on over an operator who accepts them meanwhile", async () => {
    const world = await tokenWorld();
    const { kill, accept } = switchOn(world.process);
    for (const stores of ["all", storeId] as const) {
      const answer = await kill({ stores, reason }, actor);
      world.on.clock.advance(1);
      await accept({ stores, reason }, actor);
      const cursor = answer.done ? undefined : answer.cursor;
      await expect(kill({ stores, reason, cursor }, actor)).rejects.toMatchObject({ code: "conflict" });
      world.on.clock.advance(1);
    }
  });
});

describe("the record of it", () => {
  const acts = (world: Awaited<ReturnType<typeof tokenWorld>>) =>
    world.on.table.rows("audit").map(({ pk, action, reason: why }) => [pk, action, why]);

  it("says who, what, when and why for each switch that was turned, once", async () => {
    const world = await tokenWorld();
    await wholeKill(world, { stores: "all" });
    await wholeKill(world, { stores: "all" });
    await switchOn(world.process).accept({ stores: storeId, reason: "all clear" }, actor);
    expect(acts(world)).toEqual([
      ["deployment", "tokens.killed", reason],
      [world.otherStore, "tokens.killed", reason],
      [storeId, "tokens.killed", reason],
      [storeId, "tokens.accepted", "all clear"],
    ]);
    expect(world.on.table.rows("audit")[0]).toMatchObject({
      actor,
      decidedBy: "iam",
      at: expect.any(Number),
    });
  });

  it("or nothing is turned", async () => {
    const world = await tokenWorld();
    const table = {
      ...world.on.table,
      commit: async (writes: Parameters<typeof world.on.table.commit>[0]) => {
        if (writes.some((write) => write.table === "audit")) throw new Error("no audit");
        return world.on.table.commit(writes);
      },
    };
    const { kill } = switchOn({ ...world.process, table } as typeof world.process);
    for (const stores of ["all", storeId] as const)
      await expect(kill({ stores, reason }, actor)).rejects.toThrow("no audit");
    expect((await storeStore(world.on.table).get(storeId))?.tokensKilledAt).toBeUndefined();
  });
});

it("lets no charge start after its answer, whoever comes, dies, takes over or calls again", async () => {
  const stories = effort(400);
  let charges = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom("all" as const, storeId), async (entropy, stores) => {
      const told = await tokenStory(entropy, stores);
      charges += told.charges;
      expect({ late: told.late, left: told.left }).toEqual({ late: 0, left: 0 });
    }),
    { numRuns: stories, seed: seed(27), endOnFailure: true },
  );
  // The switch was not turned on an empty shop.
  expect(charges).toBeGreaterThan(stories);
});

it("leaves none of many tokens usable, wherever its calls die", async () => {
  const each = 1_000;
  for (let round = 0; round < effort(100_000) / each; round += 1) {
    const world = await tokenWorld(round);
    const steps = await openAttempts(world, each);
    const calls = await killDying(world, round);
    expect(tokensLeft(world)).toBe(0);
    for (const step of steps) await authorize(world, step);
    expect([world.charges, calls > 5]).toEqual([[], true]);
  }
});
