import { describe, expect, test } from "vitest";
import { erasedBy, readErasure } from "#functions/customer/erasure.store.ts";
import { digestOf, type ErasureView } from "#functions/customer/erasure.ts";
import { reapplyErasures } from "#functions/customer/reapply-erasures.ts";
import { withEvent, withFulfillment } from "#functions/fulfillment/order-fulfillments.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import { personalData } from "#functions/privacy/personal-data.ts";
import { kindOf, storedData } from "#functions/privacy/stored-data.ts";
import type { StoredRecord } from "#functions/privacy/stored-record.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { type Row, tableNames } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { type CheckoutId, checkoutIdOf, type OrderId, orderIdOf } from "#functions/values/id.ts";
import { aRequest, storeId } from "#test/examples.ts";
import { leavesOf } from "#test/fakes/declared.ts";
import { type House, named, openHouse } from "./house.ts";

const ada = "ada@canary.example";
const eve = named("eve@canary.example", "Eve");

const subjectOf = (orderId: OrderId) => ({ storeId, checkoutId: checkoutIdOf(orderId) });
const opens = (house: House, orderId: OrderId) =>
  house.envelope.open(subjectOf(orderId)).then(
    () => true,
    () => false,
  );

/** Ada asks while her session is being paid for; then the card is declined. Eve has an order, too. */
const erasedMidWay = async (house: House) => {
  const other = await house.bought(eve);
  const session: CheckoutId = await house.begun();
  house.stripe.fail({ match: "POST /v1/payment_intents", when: "before", kind: "timeout" });
  const declined = { kind: "pm", token: "pm_card_chargeDeclined" } as const;
  const key = aRequest();
  await house.buy(session, { payment: declined, idempotency: key });
  const path = `/customers/${await house.customerOf(ada)}`;
  const erased = (await house.call("DELETE", path)).body as ErasureView;
  house.on.clock.advance(minutes(2));
  await house.buy(session, { payment: declined, idempotency: key });
  return { erased, other, session };
};

describe("erasing a customer", () => {
  test("makes all of their orders unreadable before it answers, nobody else's, and leaves lines and money", async () => {
    const house = await openHouse();
    const [first, second, other] = [await house.bought(), await house.bought(), await house.bought(eve)];
    const before = await house.shop.orders.get(storeId, first);
    const asked = await house.call("DELETE", `/customers/${await house.customerOf(ada)}`);
    expect(asked).toMatchObject({ statusCode: 202, body: { status: "waiting", waitsFor: [] } });
    expect([await opens(house, first), await opens(house, second), await opens(house, other)]).toEqual([
      false,
      false,
      true,
    ]);
    const after = await house.shop.orders.get(storeId, first);
    expect(after).toMatchObject({
      quote: before?.quote,
      payment: before?.payment,
      refunds: [],
      status: "confirmed",
    });
    expect(after?.erasedAt).toBe(house.on.now());
  });

  test("leaves nothing in clear but what the inventory keeps with the books", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    await house.erase(ada);
    const isOf = ({ pk, sk }: Row) => pk.includes(orderId.slice(4)) && sk !== "idempotency";
    const rows = house.on.table.rows("commerce").filter(isOf);
    const found = rows.flatMap((row) => {
      const { clear = {} } = storedData.commerce[kindOf("commerce", row)] as StoredRecord;
      return leavesOf(row).flatMap(({ path }) => clear[path] ?? []);
    });
    const kept = personalData.filter(({ retention }) => retention === "books").map(({ field }) => field);
    expect([...new Set(found)].sort()).toEqual([...kept].sort());
  });

  test("takes the numbers of parcels, from whatever the store was answered meanwhile as well", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    const tracking = {
      carrier: "DHL",
      number: "00340434161094042557",
      url: "https://dhl.example/00340434161094042557",
    };
    const placed = await house.shop.orders.get(storeId, orderId);
    const sent = withFulfillment(
      placed ?? (undefined as never),
      { status: "shipped", tracking },
      house.on.now(),
    );
    const lost = withEvent(sent, 1, { type: "failed" }, house.on.now());
    await house.on.table.commit([savedOrder(placed ?? (undefined as never), lost)]);
    const found = () => JSON.stringify(house.on.table.rows("commerce")).includes(tracking.number);
    await house.shop.cancelOrder({
      caller: house.admin,
      orderId,
      idempotency: aRequest(),
      deadline: house.on.now() + minutes(1),
    });
    await house.shop.fulfill({ storeId, orderId });
    expect(found()).toBe(true);
    expect(await house.erase(ada)).toMatchObject({ status: "done" });
    expect(found()).toBe(false);
  });

  test("lets no number of a parcel be kept that is told after it", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    await house.erase(ada);
    const order = await house.shop.orders.get(storeId, orderId);
    const tracking = { number: "00340434161094042557" };
    const sent = withFulfillment(
      order ?? (undefined as never),
      { status: "shipped", tracking },
      house.on.now(),
    );
    const delivered = withEvent(sent, 1, { type: "delivered", tracking }, house.on.now());
    expect(delivered.fulfillments).toMatchObject([{ events: [{ type: "shipped" }, { type: "delivered" }] }]);
    expect(JSON.stringify(delivered)).not.toContain(tracking.number);
  });

  test("ends with a receipt that anybody with the ledger can check, and with no trace of whom", async () => {
    const house = await openHouse();
    const orders = [await house.bought(), await house.bought()];
    const left = await house.begun();
    const told = await house.erase(ada);
    const erasure = await readErasure(house.on.table, storeId, told.id);
    const checkouts = await erasedBy(house.on.table, erasure ?? (undefined as never));
    expect([...checkouts].sort()).toEqual([...orders.map(checkoutIdOf), left].sort());
    expect(told).toMatchObject({
      status: "done",
      waitsFor: [],
      receipt: { checkouts: 3, sha256: digestOf(erasure ?? (undefined as never), checkouts) },
    });
    const rows = JSON.stringify(
      tableNames.filter((name) => name !== "commerce").flatMap((name) => house.on.table.rows(name)),
    );
    expect(rows).not.toContain(await house.customerOf(ada));
    expect(rows).not.toContain("canary.example");
  });

  test("tells integrations by order, with ids only", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    await house.erase(ada);
    const events = house.on.table.rows("outbox").filter(({ type }) => type === "customer.erased");
    expect(events).toMatchObject([
      { subject: orderId, version: 4, data: { orderId, checkoutId: checkoutIdOf(orderId) } },
    ]);
    expect((await house.shop.orders.get(storeId, orderId))?.version).toBe(4);
  });

  test("ends a session that nobody completes, so that nobody buys under a key that is gone", async () => {
    const house = await openHouse();
    const session = await house.begun();
    await house.erase(ada);
    expect(await house.shop.checkouts.get(storeId, session)).toMatchObject({ status: "canceled" });
  });

  test("waits for an order that is not confirmed, and goes on by itself once it is", async () => {
    const house = await openHouse();
    const session = await house.begun();
    await house.buy(session);
    const orderId = orderIdOf(session);
    expect(await house.erase(ada)).toMatchObject({ status: "waiting", waitsFor: ["order"] });
    expect(await opens(house, orderId)).toBe(true);
    await house.shop.fulfill({ storeId, orderId });
    house.on.clock.advance(minutes(2));
    await house.sweep();
    expect(await opens(house, orderId)).toBe(false);
    expect(house.on.table.rows("erasures").find(({ sk }) => sk === "erasure")).toMatchObject({
      status: "done",
    });
  });

  test("waits for a refund whose outcome nobody knows", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    house.stripe.fail({ match: "POST /v1/refunds", when: "after", kind: "timeout" });
    await house.shop.refund({
      caller: house.admin,
      orderId,
      idempotency: aRequest(),
      deadline: house.on.now() + minutes(1),
      body: { amount: 100, reason: "goodwill", restock: false },
    });
    expect(await house.erase(ada)).toMatchObject({ status: "waiting", waitsFor: ["refund"] });
    expect(await opens(house, orderId)).toBe(true);
  });

  test.each(["won", "lost"] as const)(
    "waits while a bank asks about an order, with all that its store can answer, and goes on once that is %s",
    async (outcome) => {
      const house = await openHouse();
      const orderId = await house.bought();
      const [intent] = house.stripe.intents();
      const other = await house.bought();
      const hear = async () => {
        const account = { livemode: false };
        const { intent: seen } = (await house.stripe.retrievePaymentIntent(
          account,
          String(intent?.id),
        )) as never;
        await house.shop.follow({ account, intent: seen });
      };
      const dispute = house.stripe.bank.openDispute(String(intent?.id));
      await hear();
      expect(await house.erase(ada)).toMatchObject({ status: "waiting", waitsFor: ["dispute"] });
      expect([await opens(house, orderId), await opens(house, other)]).toEqual([true, false]);
      house.stripe.bank.closeDispute(dispute, outcome);
      await hear();
      house.on.clock.advance(minutes(61));
      await house.sweep();
      expect(await opens(house, orderId)).toBe(false);
      expect(house.on.table.rows("erasures").find(({ sk }) => sk === "erasure")).toMatchObject({
        status: "done",
        receipt: { checkouts: 2 },
      });
    },
  );

  test("waits for a checkout that is being completed", async () => {
    const house = await openHouse();
    const session = await house.begun();
    house.stripe.fail({ match: "POST /v1/payment_intents", when: "after", kind: "timeout" });
    await house.buy(session);
    expect(await house.erase(ada)).toMatchObject({ status: "waiting", waitsFor: ["checkout"] });
    expect(await opens(house, orderIdOf(session))).toBe(true);
  });

  test("asked for again is the same erasure, recorded once as asked for and once as done", async () => {
    const house = await openHouse();
    await house.begun().then((session) => house.buy(session));
    const path = `/customers/${await house.customerOf(ada)}`;
    const [first, second] = [await house.call("DELETE", path), await house.call("DELETE", path)];
    expect(second).toMatchObject({ statusCode: 202, body: { id: (first.body as { id: string }).id } });
    const acts = house.on.table
      .rows("audit")
      .map(({ action, actor }) => [action, (actor as { role: string }).role]);
    expect(acts).toEqual([["erasure.requested", "admin"]]);
  });

  test("covers what it found even under another e-mail address: whose it is cannot be corrected meanwhile", async () => {
    const house = await openHouse();
    const session = await house.begun();
    await house.buy(session);
    const path = `/customers/${await house.customerOf(ada)}`;
    const { id } = (await house.call("DELETE", path)).body as { id: string };
    const body = { buyer: { email: "right@canary.example" } };
    expect((await house.call("POST", `${path}/rectify`, { body })).statusCode).toBe(409);
    await house.shop.fulfill({ storeId, orderId: orderIdOf(session) });
    house.on.clock.advance(minutes(2));
    await house.sweep();
    expect((await house.call("GET", `/erasures/${id}`)).body).toMatchObject({ receipt: { checkouts: 1 } });
  });

  test("covers a session whose agent says another e-mail address while it waits", async () => {
    const house = await openHouse();
    const { erased, other, session } = await erasedMidWay(house);
    expect(erased).toMatchObject({ status: "waiting", waitsFor: ["checkout"] });
    await house.change(session, eve);
    house.on.clock.advance(minutes(2));
    await house.sweep();
    expect(await opens(house, orderIdOf(session))).toBe(false);
    expect((await house.call("GET", `/erasures/${erased.id}`)).body).toMatchObject({
      status: "done",
      receipt: { checkouts: 1 },
    });
    expect(await opens(house, other)).toBe(true);
  });

  test("is one's own: whoever a waiting session belongs to by now is forgotten by another one", async () => {
    const house = await openHouse();
    const { erased, other, session } = await erasedMidWay(house);
    await house.change(session, eve);
    const hers = await house.erase("eve@canary.example");
    expect(hers.id).not.toBe(erased.id);
    expect([await opens(house, orderIdOf(session)), await opens(house, other)]).toEqual([false, false]);
  });

  test("asked for again covers what was begun since", async () => {
    const house = await openHouse();
    await house.begun().then((session) => house.buy(session));
    const first = await house.erase(ada);
    const later = await house.begun();
    house.on.clock.advance(minutes(1));
    expect(await house.erase(ada)).toMatchObject({ id: first.id, status: "waiting", waitsFor: ["order"] });
    expect(await opens(house, orderIdOf(later))).toBe(false);
    const acts = house.on.table.rows("audit").filter(({ action }) => action === "erasure.requested");
    expect(acts).toHaveLength(2);
  });

  test("is another store's business neither to do nor to see", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    const id = await house.customerOf(ada);
    const caller = { ...house.admin, storeId: "store_00000000000000000000000002" as const };
    expect((await house.call("DELETE", `/customers/${id}`, { caller })).statusCode).toBe(404);
    expect((await house.call("DELETE", "/customers/nobody")).statusCode).toBe(404);
    const { id: erasureId } = await house.erase(ada);
    expect((await house.call("GET", `/erasures/${erasureId}`, { caller })).statusCode).toBe(404);
    expect((await house.call("GET", `/customers/${id}`)).statusCode).toBe(404);
    expect(await opens(house, orderId)).toBe(false);
  });

  test("shows nobody's contact afterwards: null, and nothing in a repeated answer", async () => {
    const house = await openHouse();
    const session = await house.begun();
    await house.buy(session);
    await house.shop.fulfill({ storeId, orderId: orderIdOf(session) });
    await house.erase(ada);
    const order = await house.order(orderIdOf(session));
    expect(order).toMatchObject({ contact: null });
    const { opened } = await house.shop.read({ caller: house.agent, checkoutId: session });
    expect(opened.contact).toEqual({});
  });
});

describe("a copy of the keys from before an erasure", () => {
  test("opens nothing once the ledger was applied to it, however often", async () => {
    const house = await openHouse();
    const [orderId, other] = [await house.bought(), await house.bought(eve)];
    const copy = memoryTable();
    for (const { pk, sk, ...put } of house.on.table.rows("people"))
      await copy.commit([{ table: "people", key: { pk, sk }, change: { put } }]);
    await house.erase(ada);
    const ledger = house.on.table;
    expect(await reapplyErasures({ ledger, copy })).toBe(1);
    expect(await reapplyErasures({ ledger, copy })).toBe(1);
    const key = (id: OrderId) => copy.get("people", { pk: `${storeId}#${checkoutIdOf(id)}`, sk: "key" });
    expect(await key(orderId)).toBeUndefined();
    expect(await key(other)).toHaveProperty("wrapped");
  });
});
