import { describe, expect, test } from "vitest";
import { wire } from "#functions/payment/receive-stripe-event.handler.ts";
import { verifyWith } from "#functions/payment/stripe.client.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { signedAt, signingSecret } from "#test/fakes/signed-event.ts";

const aStage = (stage = "prod", secrets: object = { own: [signingSecret], connect: ["whsec_connect"] }) => {
  const on = memoryPlatform({ environment: { STAGE: stage, STRIPE_EVENT_QUEUE_URL: "queue" } });
  const woken: unknown[] = [];
  let lost = false;
  const handler = wire({
    ...on,
    verify: verifyWith(on.now, async () => JSON.stringify(secrets)),
    enqueue: async (_, messages) => {
      if (lost) throw new Error("the queue is away");
      woken.push(...messages.map(({ body }) => body));
    },
  });
  const post = (event: unknown, given: { secret?: string; signature?: string } = {}) => {
    const body = typeof event === "string" ? event : JSON.stringify(event);
    const signature = given.signature ?? signedAt(body, on.now(), given.secret);
    const headers = { "Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8" };
    return callApi(handler, { method: "POST", path: "/stripe/events", body, headers, caller: null });
  };
  return { on, post, woken, rows: () => on.table.rows("commerce"), loseQueue: () => (lost = true) };
};

const anEvent = (given: object = {}) => ({
  id: "evt_1",
  object: "event",
  type: "payment_intent.succeeded",
  created: 1_795_000_000,
  livemode: false,
  data: { object: { id: "pi_1", object: "payment_intent", receipt_email: "ada@canary.example" } },
  ...given,
});

const bytes = (count: number) => "x".repeat(count);

const refused = { statusCode: 400, body: { code: "signature_invalid" } };

describe("an event of Stripe", () => {
  test("may be larger than what anybody else sends", async () => {
    const { post, rows } = aStage();
    expect((await post(anEvent({ padding: bytes(700_000) }))).statusCode).toBe(200);
    expect(rows()).toHaveLength(1);
  });

  test("is written down before it is answered: where to look, and nothing of what it says", async () => {
    const { post, rows, woken, on } = aStage();
    expect(await post(anEvent())).toMatchObject({ statusCode: 200, body: { received: true } });
    const [row, ...more] = rows();
    expect(more).toEqual([]);
    expect(row).toEqual({
      pk: "stripe-event#evt_1",
      sk: "stripe-event",
      id: "evt_1",
      type: "payment_intent.succeeded",
      objectId: "pi_1",
      livemode: false,
      created: 1_795_000_000_000,
      receivedAt: on.now(),
      tries: 0,
      due: expect.stringMatching(/^stripe-event#/),
      dueAt: on.now() + 60_000,
      expiresAtSeconds: (on.now() + 30 * 86_400_000) / 1_000,
    });
    expect(woken).toEqual([{ eventId: "evt_1" }]);
  });

  test("that comes again is answered alike and writes nothing", async () => {
    const { post, rows, woken, on } = aStage();
    await post(anEvent());
    const before = rows();
    on.clock.advance(5_000);
    expect(await post(anEvent())).toMatchObject({ statusCode: 200, body: { received: true } });
    expect(rows()).toEqual(before);
    expect(woken).toHaveLength(1);
  });

  test("whose wake-up is lost is answered: its sweeper comes", async () => {
    const { post, rows, loseQueue } = aStage();
    loseQueue();
    expect((await post(anEvent())).statusCode).toBe(200);
    expect(rows()).toHaveLength(1);
  });

  test("of a charge points to its PaymentIntent, one of a type that we do not follow to nothing that is due", async () => {
    const { post, rows, woken } = aStage();
    const object = { id: "ch_1", object: "charge", payment_intent: "pi_7" };
    await post(anEvent({ type: "charge.refunded", data: { object } }));
    await post(anEvent({ id: "evt_2", type: "customer.created", data: { object: { id: "cus_1" } } }));
    await post(
      anEvent({ id: "evt_3", type: "charge.captured", data: { object: { id: "ch_2", object: "charge" } } }),
    );
    expect(rows().map(({ objectId, dueAt }) => [objectId, dueAt !== undefined])).toEqual([
      ["pi_7", true],
      ["cus_1", false],
      [undefined, false],
    ]);
    expect(woken).toEqual([{ eventId: "evt_1" }]);
  });

  test("in which digits look like a card's is no less an event", async () => {
    const { post, rows } = aStage();
    const object = { id: "pi_1", object: "payment_intent", description: "4242 4242 4242 4242", cvc: "123" };
    expect((await post(anEvent({ data: { object } }))).statusCode).toBe(200);
    expect(rows()).toHaveLength(1);
  });
});

describe("what Stripe did not sign for us", () => {
  test.each([
    ["another secret", anEvent(), { secret: "whsec_wrong" }],
    ["no signature", anEvent(), { signature: "" }],
    ["a signature of other bytes", anEvent(), { signature: signedAt("{}", memoryPlatform().now()) }],
    ["no JSON", "not json", {}],
    ["no event", { hello: "world" }, {}],
    ["a connected account's event with our own secret", anEvent({ account: "acct_1" }), {}],
    ["our own event with the secret of connected accounts", anEvent(), { secret: "whsec_connect" }],
  ])("is refused, and nothing is stored: %s", async (_, event, given) => {
    const { post, rows, woken } = aStage();
    expect(await post(event, given)).toMatchObject(refused);
    expect(rows()).toEqual([]);
    expect(woken).toEqual([]);
  });

  test("is everything, as long as no secret has been put", async () => {
    const { post, rows } = aStage("prod", { own: [], connect: [] });
    expect(await post(anEvent())).toMatchObject(refused);
    expect(rows()).toEqual([]);
  });

  test("is live money on a stage that knows none", async () => {
    const live = anEvent({ livemode: true });
    expect(await aStage("dev").post(live)).toMatchObject(refused);
    expect((await aStage("prod").post(live)).statusCode).toBe(200);
  });

  test("is told apart from a table that is away: that is a fault, and Stripe sends it again", async () => {
    const { on, post } = aStage();
    on.table.commit = async () => {
      throw new Error("away");
    };
    expect((await post(anEvent())).statusCode).toBe(500);
  });

  test("and is larger than any event of Stripe's is not read at all", async () => {
    const { post } = aStage();
    expect((await post(bytes(1_024 * 1_024 + 1))).statusCode).toBe(413);
  });
});
