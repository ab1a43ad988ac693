import { afterAll, describe, expect, it } from "vitest";
import { usedKey } from "#functions/access/license-key.store.ts";
import type { StoredKey } from "#functions/access/stored-key.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import { moved as movedOrder } from "#functions/order/order.ts";
import { dueLater, published } from "#functions/outbox/outbox.store.ts";
import { movedPayment } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { all, equals, exists, missing } from "#functions/runtime/condition.ts";
import { plainly, tryCommit, type Write } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import {
  createdDelivery,
  lookedAtLater,
  restedRow,
  savedDelivery,
} from "#functions/webhook/delivery.store.ts";
import { type Delivery, moved } from "#functions/webhook/delivery.ts";
import { anOrder, now } from "#test/examples.ts";
import { tablesLosingAnswers } from "./lost-answers.ts";
import { placeIn } from "./place.ts";

const { tables, stop } = await tablesLosingAnswers();
afterAll(stop);

type Place = ReturnType<typeof placeIn>;

/** Each kind of plain write, on a row `{ version: 1, due, dueAt }`. */
const kinds: Readonly<Record<string, (place: Place) => Write>> = {
  "a put": ({ put }) =>
    put({ version: 2, bytes: new Uint8Array([1]), gone: undefined, parts: [{ a: undefined }] }, "row", first),
  "a set": ({ update }) => update({ set: { version: 2, due: undefined, dueAt: undefined } }, "row", first),
  "a removal": ({ remove }) => remove("row", first),
};
const first = all(exists(), equals("version", 1));

describe.each(tables)("a plain write whose answer gets lost, in %s", (_, { table, lose }) => {
  const aRow = async () => {
    const place = placeIn(table);
    await table.commit([place.put({ version: 1, due: "event#0", dueAt: 1 })]);
    return place;
  };

  describe.each(Object.entries(kinds))("%s", (_name, writeIn) => {
    it("is done: its repeat knows what it left in the row", async () => {
      const [place, twin] = [await aRow(), await aRow()];
      await table.commit([plainly(writeIn(twin))]);
      lose();
      await table.commit([plainly(writeIn(place))]);
      expect({ ...(await place.get()), pk: "" }).toEqual({ ...(await twin.get()), pk: "" });
    });

    it("is refused where it was refused before, and leaves the row", async () => {
      const place = await aRow();
      await table.commit([place.update({ set: { version: 5 } })]);
      const write = plainly(writeIn(place));
      lose();
      expect(await tryCommit(table, [write])).toEqual([write]);
      expect(await place.get()).toMatchObject({ version: 5, dueAt: 1 });
    });

    it("overwrites nobody who wrote before its repeat, and is told refused", async () => {
      const place = await aRow();
      const write = plainly(writeIn(place));
      lose(() => table.commit([place.put({ version: 9, by: "another" })]));
      expect(await tryCommit(table, [write])).toEqual([write]);
      expect(await place.get()).toEqual({ ...place.key(), version: 9, by: "another" });
    });
  });

  it("is not plain where it adds: it is done once, whoever writes before the repeat", async () => {
    const place = await aRow();
    lose(() => table.commit([place.update({ add: { version: 10 } })]));
    await table.commit([plainly(place.update({ add: { version: 1 } }, "row", first))]);
    expect(await place.get()).toMatchObject({ version: 12 });
  });

  it("is not plain beside another: both are done once", async () => {
    const { put, get } = await aRow();
    lose();
    await table.commit([plainly(put({ a: 1 }, "one", missing())), put({ a: 1 }, "two", missing())]);
    expect([await get("one"), await get("two")]).toMatchObject([{ a: 1 }, { a: 1 }]);
  });
});

const order = anOrder();
const delivery: Delivery = {
  endpointId: "we_00000000000000000000000000",
  storeId: order.storeId,
  eventId: "evt_1",
  type: "order.placed",
  eventAt: { pk: "p", sk: "event#00000001" },
  status: "pending",
  version: 1,
  attempts: 0,
  nextAt: now,
  leaseUntil: now,
  outOfOrder: false,
  createdAt: now,
  updatedAt: now,
};
const delivering = moved(delivery, "delivering", now, { attempts: 1, leaseUntil: now + seconds(60) });
const claimed = movedOrder(order, "placed", now, { epoch: 1, leaseUntil: now + seconds(60) });
const payment = { ...order, attempt: 1, status: "authorized", epoch: 1 } as unknown as Payment;
const captured = movedPayment(
  payment,
  "captured",
  { epoch: 1, orderId: order.id, now },
  { chargeId: "ch_1" },
);
const key = { publicId: "one" } as StoredKey;
const place = (write: Write, attributes: object): Write => ({
  table: write.table,
  key: write.key,
  change: { put: { ...attributes } },
});
const due = { due: "event#0", dueAt: now };

/** Every write that is plain, on the row that it expects. */
const plainWrites: Readonly<Record<string, { write: Write; before?: Write }>> = Object.fromEntries(
  Object.entries({
    "an event that is published": [
      published({ key: delivery.eventAt, event: delivery, dueAt: now }, now + 1),
      due,
    ],
    "an event that rests": [dueLater(delivery.eventAt, now + 1), due],
    "a new delivery": [createdDelivery(delivery), undefined],
    "a sender's claim": [savedDelivery(delivery, delivering), delivery],
    "what came of an attempt": [savedDelivery(delivering, moved(delivering, "delivered", now)), delivering],
    "a delivery that is looked at later": [lookedAtLater(delivery, now + 1), { ...delivery, ...due }],
    "a delivery that rests": [restedRow({ pk: "p", sk: "delivery" }, now + 1), due],
    "the use of a license key": [usedKey(key, now), key],
    "a fulfillment run's claim": [plainly(savedOrder(order, claimed)), order],
    "a captured payment": [plainly(captured), payment],
  } as const satisfies Record<string, readonly [Write, object | undefined]>).map(([name, [write, row]]) => [
    name,
    row ? { write, before: place(write, row) } : { write },
  ]),
);

describe.each(tables)("in %s", (_, { table, lose }) => {
  it.each(Object.entries(plainWrites))(
    "%s is done once although its answer gets lost",
    async (_name, each) => {
      const { write, before } = each;
      const begin = () =>
        table.commit([before ?? { ...write, change: { remove: true }, condition: undefined as never }]);
      await begin();
      expect(write.plain).toBe(true);
      await table.commit([write]);
      const once = await table.get(write.table, write.key);
      await begin();
      lose();
      await table.commit([write]);
      expect(await table.get(write.table, write.key)).toEqual(once);
    },
  );
});
