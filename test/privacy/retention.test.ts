import { describe, expect, test } from "vitest";
import { times as checkoutTimes } from "#functions/checkout/checkout.ts";
import type { Row, TableName } from "#functions/runtime/table.ts";
import { days, hours } from "#functions/values/clock.ts";
import { checkoutIdOf, orderIdOf } from "#functions/values/id.ts";
import { type House, openHouse } from "#test/customer/house.ts";
import { storeId } from "#test/examples.ts";

/** What DynamoDB does by itself within two days. */
const timeToLive = async ({ on }: House) => {
  for (const name of ["commerce", "people", "outbox", "webhooks"] as const)
    for (const { pk, sk, expiresAtSeconds } of on.table.rows(name))
      if (Number(expiresAtSeconds) * 1_000 <= on.now())
        await on.table.commit([{ table: name, key: { pk, sk }, change: { remove: true } }]);
};

const rowsOf = ({ on }: House, table: TableName, isIt: (row: Row) => boolean) =>
  on.table.rows(table).filter(isIt);
const key = (row: Row) => row.sk === "key";

type Case = {
  readonly what: string;
  readonly kept: number;
  readonly table: TableName;
  readonly isIt: (row: Row) => boolean;
};

const month = days(30);
const session = checkoutTimes.session;
const cases: readonly Case[] = [
  { what: "the contact of an order", kept: days(730), table: "people", isIt: key },
  { what: "an order", kept: days(3_652.5), table: "commerce", isIt: ({ sk }) => sk === "order" },
  {
    what: "the checkout that became an order",
    kept: days(3_652.5),
    table: "commerce",
    isIt: ({ sk }) => sk === "checkout",
  },
  {
    what: "a payment",
    kept: days(15 * 365.25),
    table: "commerce",
    isIt: ({ sk }) => sk.startsWith("payment#"),
  },
  { what: "an answer", kept: month, table: "commerce", isIt: ({ sk }) => sk === "idempotency" },
  { what: "an event", kept: days(90), table: "outbox", isIt: ({ sk }) => sk.startsWith("event#") },
];

describe.each(cases)("$what", ({ kept, table, isIt }) => {
  test("is there until its time is over, then at once for nobody, and gone within two days", async () => {
    const house = await openHouse();
    const begun = house.on.now();
    await house.bought();
    const [row] = rowsOf(house, table, isIt);
    if (!row) throw new Error("there is no such row");
    const there = async () => (await house.on.table.get(table, { pk: row.pk, sk: row.sk })) !== undefined;
    house.on.clock.set(begun + kept - hours(1));
    expect(await there()).toBe(true);
    house.on.clock.set(begun + kept + hours(1));
    expect(await there()).toBe(false);
    await timeToLive(house);
    expect(rowsOf(house, table, (each) => each.pk === row.pk && each.sk === row.sk)).toEqual([]);
  });
});

test("a checkout that came to nothing is unreadable 30 days after its end, with the key of all it sealed", async () => {
  const house = await openHouse();
  const checkoutId = await house.begun();
  house.on.clock.advance(session);
  await house.shop.sweepCheckouts();
  const opens = () =>
    house.envelope.open({ storeId, checkoutId }).then(
      () => true,
      () => false,
    );
  house.on.clock.advance(month - 1_000);
  expect(await opens()).toBe(true);
  house.on.clock.advance(2_000);
  expect([await opens(), await house.shop.checkouts.get(storeId, checkoutId)]).toEqual([false, undefined]);
});

test("a store says how long, within bounds, for what begins from then on", async () => {
  const house = await openHouse({ retention: { contactDays: 90, ledgerYears: 6 } });
  const orderId = await house.bought();
  const opens = () =>
    house.envelope.open({ storeId, checkoutId: checkoutIdOf(orderId) }).then(
      () => true,
      () => false,
    );
  house.on.clock.advance(days(89));
  expect(await opens()).toBe(true);
  house.on.clock.advance(days(1));
  expect([await opens(), (await house.order(orderId)) as object]).toMatchObject([false, { contact: null }]);
  house.on.clock.advance(days(6 * 365.25));
  expect(await house.shop.orders.get(storeId, orderIdOf(checkoutIdOf(orderId)))).toBeUndefined();
});
