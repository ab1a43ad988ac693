import fc from "fast-check";
import { expect, test } from "vitest";
import { EventEnvelope } from "#events/define-event.ts";
import { exampleOrder } from "#events/facts.ts";
import { orderPlaced } from "#events/order-placed.ts";
import { stockDepleted } from "#events/stock-depleted.ts";
import { eventId, eventKey, keyOfEvent, recordEvent } from "#functions/outbox/outbox.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { ConditionFailed } from "#functions/runtime/table.ts";
import { anOrderPlaced, storeId } from "./an-event.ts";

test("writes the event under its subject, due, with ninety days to live", async () => {
  const table = memoryTable();
  await table.commit([recordEvent(anOrderPlaced())]);
  const [row] = table.rows("outbox");
  expect(row).toMatchObject({
    pk: `${storeId}#${exampleOrder.orderId}`,
    sk: "event#00000001",
    id: `evt_${exampleOrder.orderId.replace("_", "-")}_1`,
    type: "order.placed",
    due: expect.stringMatching(/^event#[0-3]$/),
  });
  expect(Number(row?.["expiresAtSeconds"]) * 1_000 - anOrderPlaced().occurredAt).toBe(90 * 86_400_000);
  expect(() => EventEnvelope.parse(row)).not.toThrow();
});

test("the same fact twice is refused and changes nothing", async () => {
  const table = memoryTable();
  await table.commit([recordEvent(anOrderPlaced())]);
  const before = table.rows("outbox");
  await expect(table.commit([recordEvent(anOrderPlaced({ occurredAt: 9 }))])).rejects.toThrow(
    ConditionFailed,
  );
  expect(table.rows("outbox")).toEqual(before);
});

test("refuses data that the event does not define", () => {
  const data = { ...exampleOrder, status: "shipped" } as never;
  expect(() => recordEvent({ ...anOrderPlaced(), definition: orderPlaced, data })).toThrow();
});

test("drops fields that the event does not name, so nothing personal slips in", () => {
  const data = { productId: "mug", buyer: "Jane" };
  const write = recordEvent({ ...anOrderPlaced(), subject: "product:mug", definition: stockDepleted, data });
  expect(JSON.stringify(write)).not.toContain("Jane");
});

const product = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const version = fc.integer({ min: 1, max: 99_999_999 });

test("an id holds neither a dot nor the store's own text, and no two facts share one", () => {
  fc.assert(
    fc.property(product, version, product, version, (one, first, other, second) => {
      const left = eventId({ storeId, subject: `product:${one}`, version: first });
      expect(left).toMatch(/^evt_prd-[0-9a-f]{26}_\d+$/);
      const right = eventId({ storeId, subject: `product:${other}`, version: second });
      expect(left === right).toBe(one === other && first === second);
    }),
  );
});

test("a product cannot take an order's place, whatever it is called", () => {
  const subject = `product:${exampleOrder.orderId}`;
  expect(eventKey({ storeId, subject, version: 1 })).not.toEqual(
    eventKey({ storeId, subject: exampleOrder.orderId, version: 1 }),
  );
  expect(eventId({ storeId, subject, version: 1 })).not.toContain(exampleOrder.orderId.slice(4));
});

test("a subject's facts sort by version", () => {
  fc.assert(
    fc.property(version, version, (one, other) => {
      const [left, right] = [one, other].map((each) => eventKey({ storeId, subject: "x", version: each }).sk);
      expect(Math.sign(one - other)).toBe(left! < right! ? -1 : left! > right! ? 1 : 0);
    }),
  );
});

test("an id says where its event lies, unless it holds a digest", () => {
  const name = "0".repeat(26);
  const ours = [`ord_${name}`, `chk_${name}`, `we_${name}`, `sup_${name}`, "key:0a-b_c"];
  for (const subject of ours) {
    const place = { storeId, subject, version: 12 };
    expect(keyOfEvent(storeId, eventId(place))).toEqual(eventKey(place));
  }
  for (const subject of ["product:mug", "domain:example.com", "velocity:x"])
    expect(keyOfEvent(storeId, eventId({ storeId, subject, version: 1 }))).toBeUndefined();
  for (const text of [
    "",
    "evt_1",
    `evt_ord-${name}`,
    `evt_ord-${name}_01`,
    `evt_key-a_1 `,
    `evt_ord_${name}_1`,
  ])
    expect(keyOfEvent(storeId, text)).toBeUndefined();
});
