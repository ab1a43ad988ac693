import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aBuyer } from "#infra/local/demo/agent.ts";
import { agentOn, openEndpoint, openWorld, paymentWith, totalOf, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => world?.laptop.stop());

/** What each story begins with: enough of everything. */
const restock = (available: number, id = "mug-blue", unitAmount = 1_900) =>
  world.store("PUT", "/products", {
    products: [{ id, title: "Blue mug", unitAmount, digital: false, active: true, stock: { available } }],
  });

describe("buying over the wire", () => {
  test("ends in a confirmed order and three signed webhooks, one charge and one piece less", async () => {
    await restock(20);
    const endpoint = await openEndpoint(world);
    const before = world.charged().length;
    const session = await world.ready();
    expect(session).toMatchObject({ status: "ready_for_payment" });
    const done = await world.agent.complete(session.id, await world.token(totalOf(session)));
    expect(done).toMatchObject({ status: 200, body: { status: "completed" } });
    await world.settle();
    const order = await world.store<{ status: string; contact: object }>(
      "GET",
      `/orders/${done.body.order?.id}`,
    );
    expect(order).toMatchObject({ status: "confirmed", contact: { buyer: { email: aBuyer.buyer.email } } });
    await vi.waitFor(
      () => expect(endpoint.types()).toEqual(["order.placed", "payment.captured", "order.confirmed"]),
      10_000,
    );
    expect(world.charged()).toHaveLength(before + 1);
    expect(await world.stockOf("mug-blue")).toBe(19);
    endpoint.close();
    await world.store("DELETE", `/webhook_endpoints/${endpoint.id}`);
  });

  test("a download needs no address, and a free one no payment", async () => {
    const paid = await world.agent.create([{ id: "brewing-guide" }], { buyer: aBuyer.buyer });
    expect(paid.body).toMatchObject({ status: "ready_for_payment" });
    expect((await world.agent.complete(paid.body.id, "pm_card_visa")).body.status).toBe("completed");
    const before = world.intents().length;
    const free = await world.agent.create([{ id: "sticker" }], { buyer: aBuyer.buyer });
    const body = { buyer: aBuyer.buyer, payment_data: paymentWith("pm_card_visa") };
    expect(
      (await world.agent.call("POST", `/checkout_sessions/${free.body.id}/complete`, body)).body.status,
    ).toBe("completed");
    expect(world.intents()).toHaveLength(before);
  });

  test("after a declined card another one buys", async () => {
    await restock(20);
    const { id } = await world.ready();
    const declined = await world.agent.complete(id, "pm_card_chargeDeclinedInsufficientFunds");
    expect(declined).toMatchObject({
      status: 200,
      body: { status: "ready_for_payment", messages: [{ type: "error", code: "payment_declined" }] },
    });
    expect(await world.stockOf("mug-blue")).toBe(20);
    expect((await world.agent.complete(id, "pm_card_visa")).body.status).toBe("completed");
  });

  test("3-D Secure: the agent authenticates the buyer and completes again", async () => {
    await restock(20);
    const capabilities = { interventions: { supported: ["3ds"] } };
    const session = await world.ready("mug-blue", { capabilities });
    const asked = await world.agent.complete(session.id, "pm_card_authenticationRequired");
    expect(asked.body).toMatchObject({ status: "authentication_required" });
    expect(await world.stockOf("mug-blue")).toBe(19);
    const missing = await world.agent.complete(session.id, "pm_card_authenticationRequired");
    expect(missing).toMatchObject({ body: { code: "requires_3ds", param: "$.authentication_result" } });
    expect(missing.status).toBeGreaterThanOrEqual(400);
    const authentication_result = {
      outcome: "authenticated",
      outcome_details: {
        three_ds_cryptogram: "AAABBEg0VhI0VniQEjRWAAAAAAA=",
        electronic_commerce_indicator: "05",
        transaction_id: "c1b2a3d4",
        version: "2.2.0",
      },
    };
    const done = await world.agent.complete(session.id, "pm_card_authenticationRequired", {
      authentication_result,
    });
    expect(done.body.status).toBe("completed");
    expect(await world.stockOf("mug-blue")).toBe(19);
  });

  test("a shared payment token that does not cover the total is a decline, not a charge", async () => {
    await restock(20);
    const session = await world.ready();
    const short = await world.agent.complete(session.id, await world.token(totalOf(session) - 1));
    expect(short.body).toMatchObject({
      status: "ready_for_payment",
      messages: [{ code: "payment_declined" }],
    });
  });

  test("a discount code is taken off, in any case, and one that is not known is told", async () => {
    await restock(20);
    await world.store("PUT", "/discounts", {
      discounts: [{ code: "TEA10", kind: "percent", percentOff: 10 }],
    });
    const capabilities = { extensions: ["discount"] };
    const plain = await world.ready();
    const less = await world.ready("mug-blue", { capabilities, discounts: { codes: ["tea10", "nope"] } });
    expect(totalOf(plain) - totalOf(less)).toBe(190);
    expect(less.messages).toMatchObject([{ type: "warning", code: "discount_code_invalid" }]);
  });
});

describe("what the buyer saw is what the buyer gets", () => {
  test("stock that is gone since is told, not sold", async () => {
    await restock(1);
    const session = await world.ready();
    await restock(0);
    const { body } = await world.agent.complete(session.id, "pm_card_visa");
    expect(body).toMatchObject({ status: "not_ready_for_payment", messages: [{ code: "out_of_stock" }] });
  });

  test("a price that changed since is told, and then paid", async () => {
    await restock(20);
    const session = await world.ready();
    await restock(20, "mug-blue", 2_100);
    const before = world.intents().length;
    const told = await world.agent.complete(session.id, "pm_card_visa");
    expect(told.body).toMatchObject({ status: "ready_for_payment", messages: [{ code: "price_change" }] });
    expect(world.intents()).toHaveLength(before);
    const done = await world.agent.complete(session.id, "pm_card_visa");
    expect(done.body.status).toBe("completed");
    expect(totalOf(done.body)).toBe(totalOf(session) + 200);
  });

  test("a session ends with its time, or when the agent says so, and stays ended", async () => {
    await restock(20);
    const canceled = await world.ready();
    expect((await world.agent.cancel(canceled.id)).body.status).toBe("canceled");
    expect((await world.agent.cancel(canceled.id)).status).toBe(405);
    expect((await world.agent.complete(canceled.id, "pm_card_visa")).status).toBe(405);
  });
});

describe("the same request again", () => {
  test("is answered the same and does nothing; another body is refused", async () => {
    await restock(20);
    const session = await world.ready();
    const how = { idempotency: "complete-once" };
    const first = await world.agent.complete(session.id, "pm_card_visa", {}, how);
    const before = world.intents().length;
    const again = await world.agent.complete(session.id, "pm_card_visa", {}, how);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.headers.get("idempotency-key")).toBe("complete-once");
    expect(world.intents()).toHaveLength(before);
    const other = await world.agent.complete(session.id, "pm_card_mastercard", {}, how);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_conflict" } });
    const older = { ...how, headers: { "api-version": "2026-01-30" } };
    expect((await fetchStatus(session.id, older)).status).toBe(409);
  });

  test("twice at once, with one key or with two, ends in one charge", async () => {
    await restock(20);
    for (const keys of [
      ["one", "one"],
      [undefined, undefined],
    ]) {
      const session = await world.ready();
      const before = world.charged().length;
      const answers = await Promise.all(
        keys.map((key) =>
          world.agent.complete(
            session.id,
            "pm_card_visa",
            {},
            key ? { idempotency: `${key}-${session.id}` } : {},
          ),
        ),
      );
      for (const { status } of answers) expect([200, 409]).toContain(status);
      await world.settle();
      expect((await world.agent.read(session.id)).body.status).toBe("completed");
      expect(world.charged()).toHaveLength(before + 1);
    }
  });
});

test("fifty buyers of the last piece: one order, and no loser is charged or authorized afterwards", async () => {
  await restock(1);
  const sessions = await Promise.all(Array.from({ length: 50 }, () => world.ready()));
  const before = world.charged().length;
  const answers = await Promise.all(sessions.map(({ id }) => world.agent.complete(id, "pm_card_visa")));
  expect(answers.map(({ status }) => status)).toEqual(sessions.map(() => 200));
  await world.settle();
  const ends = await Promise.all(sessions.map(async ({ id }) => (await world.agent.read(id)).body.status));
  expect(ends.filter((status) => status === "completed")).toHaveLength(1);
  expect(world.charged()).toHaveLength(before + 1);
  expect(await world.stockOf("mug-blue")).toBe(0);
});

describe("whose key opens what", () => {
  test("another agent's session, and another store's, is not there", async () => {
    await restock(20);
    const session = await world.ready();
    const neighbor = await world.issue("agent", "another-agent");
    const created = (await world.laptop.operate({
      command: "create-store",
      store: { ...(await settings()), reference: "second", livemode: false, domain: "second.example" },
    })) as { storeId: string };
    const stranger = await world.issue("agent", "stranger", created.storeId);
    for (const { key } of [neighbor, stranger]) {
      const other = agentOn(world.agentApi, key);
      const answers = [
        await other.read(session.id),
        await other.update(session.id, {}),
        await other.cancel(session.id),
        await other.complete(session.id, "pm_card_visa"),
      ];
      for (const answer of answers)
        expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
    }
  });

  test("a revoked key is dead at once, and every bad key gets the same answer", async () => {
    const { key, keyId } = await world.issue("agent", "short-lived");
    const agent = agentOn(world.agentApi, key);
    expect((await agent.create([{ id: "mug-blue" }])).status).toBe(201);
    await world.laptop.operate({ command: "revoke-key", keyId });
    const revoked = await agent.create([{ id: "mug-blue" }]);
    expect(revoked.status).toBe(401);
    for (const bad of [`${key.slice(0, -1)}0`, "lk_test_x", "", key.replace("lk_test", "lk_live")]) {
      const refused = await world.agent.create([{ id: "mug-blue" }], {}, { key: bad });
      expect(refused).toMatchObject({ status: 401, body: revoked.body });
    }
    const { shop } = world;
    expect((await agentOn(world.agentApi, shop.integrationKey).create([{ id: "mug-blue" }])).status).toBe(
      403,
    );
  });
});

const settings = async () => {
  const { readFileSync } = await import("node:fs");
  return JSON.parse(readFileSync(new URL("../../infra/local/demo/store.json", import.meta.url), "utf8"));
};

/** An answer in another version than the newest, whose schema is not checked here. */
const fetchStatus = (
  id: string,
  { idempotency, headers }: { idempotency: string; headers: Record<string, string> },
) =>
  fetch(`${world.agentApi}/checkout_sessions/${id}/complete`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${world.shop.agentKey}`,
      "content-type": "application/json",
      "idempotency-key": idempotency,
      ...headers,
    },
    body: JSON.stringify({ payment_data: paymentWith("pm_card_amex") }),
  });
