import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openEndpoint } from "./endpoint.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.laptop.stop());
afterEach(() => void world.laptop.cloud.arm(undefined));

/** Longer than a checkout's lease and than an order's. */
const aWhile = 65_000;

describe("the same request again", () => {
  test("is answered the same and does nothing; another body is refused, in the words of the version", async () => {
    const session = await world.ready("brewing-guide");
    const how = { idempotency: "complete-once" };
    const first = await world.agent.complete(session.id, "pm_card_visa", {}, how);
    expect(first.body.status).toBe("completed");
    await world.settle();
    const before = world.intents().length;
    const again = await world.agent.complete(session.id, "pm_card_visa", {}, how);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.headers.get("idempotency-key")).toBe("complete-once");
    expect(world.intents()).toHaveLength(before);
    const other = await world.agent.complete(session.id, "pm_card_amex", {}, how);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_conflict" } });
    const older = { ...how, headers: { "api-version": "2026-01-30" } };
    expect(await world.agent.complete(session.id, "pm_card_amex", {}, older)).toMatchObject({
      status: 409,
      body: { type: "request_not_idempotent" },
    });
  });

  test("creates one session, not two, and repeats what was declined", async () => {
    const how = { idempotency: "create-once" };
    const [first, second] = [await create(how), await create(how)];
    expect(second.body).toEqual(first.body);
    expect(second.status).toBe(201);
    const declining = { idempotency: "decline-once" };
    const { id } = await world.ready("brewing-guide");
    const declined = await world.agent.complete(id, "pm_card_chargeDeclined", {}, declining);
    const before = world.intents().length;
    expect((await world.agent.complete(id, "pm_card_chargeDeclined", {}, declining)).body).toEqual(
      declined.body,
    );
    expect(world.intents()).toHaveLength(before);
  });

  test.each([
    ["with one key", ["one", "one"]],
    ["with two keys", ["one", "another"]],
  ])("twice at once %s ends in one charge", async (_, keys) => {
    const session = await world.ready("brewing-guide");
    const before = world.charged().length;
    const answers = await Promise.all(
      keys.map((key) =>
        world.agent.complete(session.id, "pm_card_visa", {}, { idempotency: `${key}-${session.id}` }),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => ![200, 409].includes(status))).toEqual([]);
    await world.settle();
    expect((await world.agent.read(session.id)).body.status).toBe("completed");
    expect(world.charged()).toHaveLength(before + 1);
  });
});

const create = (how: object) =>
  world.agent.create([{ id: "mug-blue" }], { buyer: { email: "ada@example.com" } }, how);

test("fifty buyers of the last piece: one order, and no loser is charged or authorized afterwards", async () => {
  await world.restock(1);
  const sessions = await Promise.all(Array.from({ length: 50 }, () => world.ready()));
  const before = world.charged().length;
  const answers = await Promise.all(sessions.map(({ id }) => world.agent.complete(id, "pm_card_visa")));
  expect(answers.map(({ status }) => status)).toEqual(sessions.map(() => 200));
  await world.settle();
  const ends = await Promise.all(sessions.map(async ({ id }) => (await world.agent.read(id)).body.status));
  expect(ends.filter((status) => status === "completed")).toHaveLength(1);
  expect(ends.filter((status) => status === "not_ready_for_payment")).toHaveLength(49);
  expect(world.charged()).toHaveLength(before + 1);
  expect(await world.stockOf("mug-blue")).toBe(0);
});

test("buyers who race with a store that keeps telling its stock: nothing is oversold, no reservation is lost", async () => {
  const pieces = 6;
  await world.restock(pieces);
  const sessions = await Promise.all(Array.from({ length: 12 }, () => world.ready()));
  const seen = () => world.store.catalog.getProduct("mug-blue");
  const tellAgain = async () =>
    world.store.catalog.putProducts({ products: [await seen()] }).catch(soldMeanwhile);
  const answers = await Promise.all(
    sessions.map(async (session) => {
      const answer = await buyAtLast(session.id);
      await tellAgain();
      return answer;
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(sessions.map(() => 200));
  await world.settle();
  // A run that died on the way is driven on.
  await world.pass(aWhile);
  await world.pass(aWhile);
  const ends = await Promise.all(sessions.map(async ({ id }) => (await world.agent.read(id)).body.status));
  const sold = ends.filter((status) => status === "completed").length;
  expect(sold).toBeGreaterThan(0);
  const left = pieces - sold;
  expect((await seen()).stock).toMatchObject({ onHand: left, reserved: 0, available: left });
});

/** As an agent does that is told to send the same request again. */
const buyAtLast = async (id: string, left = 5): Promise<{ status: number }> => {
  const answer = await world.agent.complete(id, "pm_card_visa", {}, { idempotency: `racing-${id}` });
  return answer.status === 503 && left > 1 ? buyAtLast(id, left - 1) : answer;
};

/** The store would read again and tell again. */
const soldMeanwhile = (error: unknown) => expect(String(error)).toMatch(/answered (409|503)/);

describe("a step that does its work and then fails", () => {
  test("place-order: the order stands, nothing is voided, and the buyer is told at once", async () => {
    const endpoint = await openEndpoint(world);
    const session = await world.ready("brewing-guide");
    const failed = world.laptop.cloud.arm({ ...failsAfter, function: "order/place-order" });
    const done = await world.agent.complete(session.id, "pm_card_visa");
    expect(failed()).toBe(3);
    expect(done).toMatchObject({ status: 200, body: { status: "completed" } });
    await world.settle(() => endpoint.heard.length === 3);
    expect(world.intents().at(-1)).toMatchObject({ status: "succeeded", charge: { amountRefunded: 0 } });
    expect(endpoint.types()).toEqual(["order.placed", "payment.captured", "order.confirmed"]);
    await endpoint.close();
  });

  test.each(["catalog/reserve-stock", "payment/authorize-payment"])(
    "%s: the same request, sent again, buys once",
    async (name) => {
      await world.restock(20);
      const session = await world.ready();
      const before = world.charged().length;
      const how = { idempotency: `again-${session.id}` };
      world.laptop.cloud.arm({ ...failsAfter, function: name });
      const first = await world.agent.complete(session.id, "pm_card_visa", {}, how);
      expect(first.body.status).toBe("complete_in_progress");
      await world.pass(aWhile);
      const again = await world.agent.complete(session.id, "pm_card_visa", {}, how);
      expect(again).toMatchObject({ status: 200, body: { status: "completed" } });
      await world.settle();
      expect(world.charged()).toHaveLength(before + 1);
      expect(await world.stockOf("mug-blue")).toBe(19);
    },
  );
});

/** Every time that the workflow tries it. */
const failsAfter = { effect: "fail", when: "after", service: "lambda", nth: 1, times: 3 } as const;

test.each(["before", "after"] as const)(
  "Stripe that closes the line %s it authorizes is asked again with the same key, and charges once",
  async (when) => {
    const session = await world.ready("brewing-guide");
    const before = world.charged().length;
    world.laptop.stripe?.fail({ match: "POST /v1/payment_intents", kind: "close", when, times: 3 });
    const how = { idempotency: `silent-${session.id}` };
    const first = await world.agent.complete(session.id, "pm_card_visa", {}, how);
    expect(first.status).toBe(200);
    expect(["complete_in_progress", "completed"]).toContain(first.body.status);
    await world.pass(aWhile);
    await world.pass(aWhile);
    const again = await world.agent.complete(session.id, "pm_card_visa", {}, how);
    expect(again.body.status).toBe("completed");
    expect(world.charged()).toHaveLength(before + 1);
  },
);
