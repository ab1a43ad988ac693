import { describe, expect, test } from "vitest";
import { times } from "#functions/order/order.ts";
import type { DialResult } from "#functions/runtime/outbound.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { aCaller } from "#test/examples.ts";
import { aWorld } from "../order/world.ts";
import { aConnectedStore, lost, type Said, url } from "./connected-store.ts";

describe("a store's connector", () => {
  test("shows its secret to whoever made it, and to nobody after", async () => {
    const { call, secret, on, row } = await aConnectedStore();
    expect(secret).toMatch(/^brsec_[0-9a-f]{64}$/);
    const seen = await call("GET");
    expect(seen.body).toEqual({
      kind: "bridge",
      url,
      unanswered: "cancel",
      ownerId: aCaller().principalId,
      createdAt: new Date(on.now()).toISOString(),
      secrets: [{ createdAt: new Date(on.now()).toISOString() }],
    });
    const stored = JSON.stringify([...on.table.rows("access"), ...on.table.rows("audit")], (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    expect(stored).not.toContain(secret.slice(6));
    expect(row()).toMatchObject({ url });
  });

  test("is gone with its secret once it is disconnected, and both are on record", async () => {
    const { call, row, acts } = await aConnectedStore();
    expect(await call("DELETE")).toEqual({ status: 200, body: { kind: "native" } });
    expect(row()).toBeUndefined();
    expect((await call("GET")).body).toEqual({ kind: "native" });
    expect((await call("DELETE")).status).toBe(200);
    expect(acts()).toEqual(["connector.put", "connector.removed"]);
  });

  test.each([
    "http://tea.example.com/",
    "https://127.0.0.1/",
    "https://tea.example.com:8443/",
    "https://tea.example.com/a'b",
    "https://tea.example.com/?a=1&a=2",
    "https://tea.example.com/?action=1",
    "https://tea.example.com/?a[]=1",
  ])("is not made of %s", async (unfit) => {
    const { call, secret, row } = await aConnectedStore();
    expect(await call("PUT", { kind: "bridge", url: unfit })).toMatchObject({
      status: 422,
      body: { param: "$.url" },
    });
    expect(secret && row()).toMatchObject({ url });
  });

  test.each(["ftpPassword", "sshKey", "user"])("takes no credentials of a server: %s", async (more) => {
    const { call } = await aConnectedStore();
    expect(await call("PUT", { kind: "bridge", url, [more]: "x" })).toMatchObject({ status: 422 });
    const withUser = url.replace("https://", "https://shop:secret@");
    expect((await call("PUT", { kind: "bridge", url: withUser })).status).toBe(422);
  });

  test("notes within the hour when it was used", async () => {
    const { fulfill, on, row } = await aConnectedStore();
    expect(row()?.["lastUsedAt"]).toBeUndefined();
    await fulfill();
    expect(row()?.["lastUsedAt"]).toBe(on.now());
  });
});

describe("an order of a bridged store", () => {
  test("is paid and confirmed once its shop takes it, which is told who bought", async () => {
    const { fulfill, orders, requests, orderId, intent, status, on } = await aConnectedStore();
    expect(intent()).toBe("requires_capture");
    await fulfill();
    expect(orders).toMatchObject([
      { id: orderId, total: 6_190, contact: { buyer: { email: "ada@canary.example" } }, currency: "eur" },
    ]);
    expect(requests[0]?.url).toBe(`${url}&action=submit_order`);
    expect([intent(), await status()]).toEqual(["succeeded", "confirmed"]);
    expect(JSON.stringify(on.table.rows("outbox"))).not.toMatch(/canary/i);
  });

  test("goes back, and no money was taken, once its shop says no", async () => {
    const { fulfill, shop, intent, status, order } = await aConnectedStore();
    shop.says = { accepted: false, reason: "sold_out" };
    await fulfill();
    expect([intent(), await status()]).toEqual(["canceled", "canceled"]);
    expect((await order()).cancelReason).toBe("sold_out");
  });

  test("has a code for a reason, never its shop's words", async () => {
    const { fulfill, shop, order } = await aConnectedStore();
    shop.says = { accepted: false, reason: "Ada Lovelace moved" };
    await fulfill();
    expect((await order()).cancelReason).toBe("store_refused");
  });

  test.each<[string, (said: Said) => DialResult]>([
    ["lost", lost],
    ["not signed", ({ body }) => answered(body)],
    ["signed for another status", ({ body, headers }) => ({ ...answered(body, headers), status: 201 })],
    ["changed", ({ headers }) => answered('{"accepted":true,"reference":"2"}', headers)],
    ["a server's page", () => ({ ...answered("<html>"), status: 502 })],
  ])("waits and is sent again under its id while the answer is %s", async (_, way) => {
    const store = await aConnectedStore();
    const { way: whole } = store.shop;
    store.shop.way = way;
    await store.fulfill();
    await store.pass();
    expect([store.intent(), await store.status()]).toEqual(["requires_capture", "placed"]);
    store.shop.way = whole;
    await store.pass();
    expect([store.intent(), await store.status()]).toEqual(["succeeded", "confirmed"]);
    expect(new Set(store.orders.map(({ id }) => id))).toEqual(new Set([store.orderId]));
    expect(new Set(store.requests.map(({ body }) => body)).size).toBe(1);
    expect(new Set(store.requests.map(({ headers }) => headers["bridge-nonce"])).size).toBe(3);
  });

  test("waits while its shop does not know the new secret, and not after", async () => {
    const { connect, secret, learns, fulfill, pass, status, orders } = await aConnectedStore();
    const { body } = await connect();
    await fulfill();
    expect([await status(), orders]).toEqual(["placed", []]);
    learns(secret, body.secret);
    await pass();
    expect(await status()).toBe("confirmed");
  });

  test("is sent ever more seldom to a shop that does not answer, up to a quarter of an hour, and decided on its day", async () => {
    const { fulfill, untilDue, pass, shop, requests, status, on, order } = await aConnectedStore();
    shop.way = lost;
    await fulfill();
    const begin = (await order()).createdAt;
    for (let sent = on.now(); (await status()) === "placed"; sent = on.now()) {
      const before = requests.length;
      await pass(untilDue() - 1);
      expect(requests).toHaveLength(before);
      await pass(1);
      const due = Math.min(minutes(15), Math.max(minutes(1), sent - begin));
      const isLast = on.now() === begin + times.giveUp;
      expect(on.now() - sent).toBeGreaterThanOrEqual(isLast ? 1 : Math.max(minutes(1), 0.8 * due));
      expect(on.now() - sent).toBeLessThanOrEqual(1.2 * due + 1);
    }
    expect([on.now(), await status()]).toEqual([begin + times.giveUp, "canceled"]);
    expect(requests.length).toBeGreaterThan(90);
    expect(requests.length).toBeLessThan(125);
  });

  test("is canceled after a day without a word, with an alarm", async () => {
    const { fulfill, pass, shop, on, intent, status, order } = await aConnectedStore();
    shop.way = lost;
    await fulfill();
    await pass(times.giveUp - minutes(5));
    expect([await status(), on.counted]).toEqual(["placed", []]);
    await pass(minutes(10));
    expect([intent(), await status()]).toEqual(["canceled", "canceled"]);
    expect((await order()).cancelReason).toBe("not_accepted_in_time");
    expect(on.counted).toContain("StoreSilent");
  });

  test("is held after a day where its store wants that, with an alarm, until its shop answers", async () => {
    const { fulfill, pass, shop, on, intent, status } = await aConnectedStore({ unanswered: "hold" });
    const { way: whole } = shop;
    shop.way = lost;
    await fulfill();
    await pass(times.giveUp + hours(1));
    expect([intent(), await status()]).toEqual(["requires_capture", "placed"]);
    expect(on.counted).toContain("StoreSilent");
    shop.way = whole;
    await pass(minutes(18));
    expect(await status()).toBe("confirmed");
  });

  test("is not asked about again once its shop said yes, however often its capture is lost, and however long", async () => {
    const { fulfill, pass, shop, stripe, on, requests, intent, status } = await aConnectedStore();
    const asked = () => requests.filter(({ url }) => url.endsWith("action=submit_order"));
    stripe.fail({ match: "/capture", when: "after", kind: "timeout", times: 1 });
    await fulfill();
    expect([intent(), await status(), asked().length]).toEqual(["succeeded", "placed", 1]);
    shop.way = lost;
    await pass(times.giveUp + minutes(5));
    expect([intent(), await status(), asked().length]).toEqual(["succeeded", "confirmed", 1]);
    expect(on.counted).not.toContain("StoreSilent");
  });

  test("is not sent to another shop once its store said yes, and the money may be taken", async () => {
    const { fulfill, pass, call, connect, shop, stripe, requests, intent, status } = await aConnectedStore();
    shop.way = lost;
    await fulfill();
    await call("DELETE");
    stripe.fail({ match: "/capture", when: "after", kind: "timeout", times: 1 });
    await pass();
    expect([intent(), await status(), requests.length]).toEqual(["succeeded", "placed", 1]);
    await connect();
    await pass();
    expect(await status()).toBe("confirmed");
  });

  test("takes no money before its shop's yes is written down", async () => {
    const { fulfill, pass, on, intent, orders, status } = await aConnectedStore();
    const commit = on.table.commit;
    on.table.commit = async (writes) => {
      const isYes = JSON.stringify(writes).includes("acceptedAt");
      if (isYes) throw new Error("the table is away");
      return commit(writes);
    };
    await fulfill();
    expect([orders.length, intent(), await status()]).toEqual([1, "requires_capture", "placed"]);
    on.table.commit = commit;
    await pass();
    expect([intent(), await status()]).toEqual(["succeeded", "confirmed"]);
  });

  test("is held no longer than its money is", async () => {
    const { fulfill, pass, shop, status, order } = await aConnectedStore({ unanswered: "hold" });
    shop.way = lost;
    await fulfill();
    const { createdAt, payment } = await order();
    const left = (payment.captureBefore ?? 0) - createdAt;
    expect(left).toBeGreaterThan(times.giveUp);
    await pass(left - minutes(5));
    expect(await status()).toBe("placed");
    await pass(minutes(10));
    expect(await status()).toBe("canceled");
  });

  test("is native once its store is disconnected", async () => {
    const { fulfill, pass, call, shop, status } = await aConnectedStore();
    shop.way = lost;
    await fulfill();
    await call("DELETE");
    await pass();
    expect(await status()).toBe("confirmed");
  });

  test("is sent to nobody while its buyer's data is frozen", async () => {
    const { fulfill, requests, status, on } = await aConnectedStore();
    for (const row of on.table.rows("people").filter(({ sk }) => sk === "key")) {
      const { pk, sk } = row;
      await on.table.commit([
        { table: "people", key: { pk, sk }, change: { set: { restrictedAt: on.now() } } },
      ]);
    }
    await fulfill();
    expect([await status(), requests]).toEqual(["placed", []]);
  });
});

describe("what became of an order", () => {
  test("its shop hears, once: that it is paid, and that it goes back after all", async () => {
    const { fulfill, pass, updates, orderId, cancel } = await aConnectedStore();
    await fulfill();
    await pass();
    expect(updates).toEqual([{ id: orderId, status: "confirmed", version: 3 }]);
    await cancel();
    for (const _ of [1, 2, 3, 4]) await pass();
    expect(updates.slice(1)).toEqual([
      { id: orderId, status: "canceled", version: 6, reason: "out_of_stock" },
    ]);
  });

  test("a shop hears that did not answer for it, for it may have it", async () => {
    const { fulfill, pass, shop, updates } = await aConnectedStore();
    const { way: whole } = shop;
    shop.way = lost;
    await fulfill();
    await pass(times.giveUp + minutes(5));
    expect(updates).toHaveLength(0);
    shop.way = whole;
    await pass();
    expect(updates).toMatchObject([{ status: "canceled", reason: "not_accepted_in_time" }]);
  });

  test.each<[string, (said: Said) => DialResult]>([
    ["lost", lost],
    ["not signed", ({ body }) => answered(body)],
  ])("is told again while the shop's answer is %s, for a day, and then an alarm rings", async (_, way) => {
    const { fulfill, pass, shop, updates, on } = await aConnectedStore();
    await fulfill();
    shop.way = way;
    await pass();
    await pass();
    expect([updates.length, on.counted]).toEqual([2, []]);
    await pass(times.giveUp);
    await pass();
    await pass();
    expect([updates.length, on.counted]).toEqual([3, ["StoreSilent"]]);
  });

  test("is not told to a shop that does not know the action", async () => {
    const { fulfill, pass, shop, learns, secret, requests } = await aConnectedStore();
    shop.hears = false;
    learns(secret);
    await fulfill();
    await pass();
    await pass();
    expect(requests.map((each) => new URL(each.url).searchParams.get("action"))).toEqual([
      "submit_order",
      "update_order",
    ]);
  });

  test("a store without a shop owes nobody, and its orders rest", async () => {
    const world = await aWorld();
    expect((await world.order()).shop).toBeUndefined();
  });
});

const answered = (body: string, headers: Record<string, string> = {}) => ({
  answered: true as const,
  status: 200,
  headers,
  body: new Uint8Array(Buffer.from(body)),
});
