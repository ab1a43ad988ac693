import { expect, test } from "vitest";
import type { Export } from "#functions/customer/export.ts";
import { tableNames } from "#functions/runtime/table.ts";
import { checkoutIdOf, type OrderId } from "#functions/values/id.ts";
import { effort } from "#test/effort.ts";
import { storeId } from "#test/examples.ts";
import { leavesOf } from "#test/fakes/declared.ts";
import { type House, openHouse } from "./house.ts";

const subjects = effort(10_000);
const emailOf = (number: number) => `canary-${number}@canary.example`;

const contactOf = (number: number) => ({
  buyer: { email: emailOf(number), firstName: `canary-${number}`, phone: `+49 30 canary-${number}` },
  delivery: {
    name: `canary-${number}`,
    address: {
      name: `canary-${number}`,
      lineOne: `canary-${number} Street`,
      city: `canary-${number}`,
      state: "BE",
      country: "DE",
      postalCode: `canary-${number}`,
    },
  },
});

/** Everybody buys; every third twice. */
const crowd = async () => {
  const house = await openHouse();
  const orders = new Map<number, OrderId[]>();
  for (let number = 0; number < subjects; number += 1) {
    const contact = contactOf(number);
    const bought = [await house.bought({ contact, notes: `for canary-${number}` })];
    if (number % 3 === 0) bought.push(await house.bought({ contact }));
    orders.set(number, bought);
  }
  return { house, orders };
};

const namedIn = (text: string): Set<string> => new Set(text.match(/canary-\d+/g));

const exportOf = async (house: House, number: number) => {
  const path = `/customers/${await house.customerOf(emailOf(number))}/export`;
  return house.call("POST", path, { body: {} });
};

const expectWhole = async (house: House, number: number, bought: readonly OrderId[]) => {
  const answer = await exportOf(house, number);
  expect([...namedIn(answer.text)]).toEqual([`canary-${number}`]);
  const { checkouts } = answer.body as Export;
  expect(checkouts.map(({ order }) => order?.id).sort()).toEqual([...bought].sort());
  for (const { fields } of checkouts) {
    const exported = new Map(fields.map(({ field, value }) => [field, value]));
    for (const { path, value } of leavesOf(contactOf(number))) expect(exported.get(path)).toBe(value);
  }
};

test(`${subjects} people: each export is whole and names nobody else; who is erased can be read nowhere`, {
  timeout: 3_600_000,
}, async () => {
  const { house, orders } = await crowd();
  for (const [number, bought] of orders) await expectWhole(house, number, bought);
  const copies = JSON.stringify(tableNames.map((name) => house.on.table.rows(name)));
  for (const number of [...orders.keys()].filter((each) => each % 2 === 0))
    await house.erase(emailOf(number));
  const opens = (orderId: OrderId) =>
    house.envelope.open({ storeId, checkoutId: checkoutIdOf(orderId) }).then(
      () => true,
      () => false,
    );
  for (const [number, bought] of orders)
    for (const orderId of bought) expect(await opens(orderId)).toBe(number % 2 === 1);
  const now = JSON.stringify(tableNames.map((name) => house.on.table.rows(name)));
  // Rows hold ciphertexts only, before and after: what could open them is gone.
  expect([...namedIn(copies), ...namedIn(now)]).toEqual([]);
});
