import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { customerKeys, readCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { customerIdOf, normalized } from "#functions/privacy/customer-index.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { storeId } from "#test/examples.ts";
import { openHouse } from "./house.ts";

const other = "store_00000000000000000000000002";
const keyOf = (name: string) => Buffer.from(name.padEnd(32, "k")).subarray(0, 32);

describe("a customer", () => {
  test("is one, however the e-mail address is capitalized, and 128 bits of an index", () => {
    const id = customerIdOf(keyOf("a"), storeId, "Ada@Example.com");
    expect(customerIdOf(keyOf("a"), storeId, " ada@example.COM ")).toBe(id);
    expect(id).toMatch(/^cust_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(customerIdOf(keyOf("a"), storeId, "ada+tea@example.com")).not.toBe(id);
  });

  test("is nobody in another store, not even under the same key", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const ids = [
          customerIdOf(keyOf("a"), storeId, email),
          customerIdOf(keyOf("b"), storeId, email),
          customerIdOf(keyOf("a"), other, email),
        ];
        expect(new Set(ids).size).toBe(3);
        expect(customerIdOf(keyOf("a"), storeId, normalized(email))).toBe(ids[0]);
      }),
      { numRuns: effort(10_000), seed: seed(31) },
    );
  });
});

describe("whose checkout it is", () => {
  const email = "ada@canary.example";
  const buyer = (address: string) => ({ contact: { buyer: { email: address } } });
  const ownerOf = async (house: Awaited<ReturnType<typeof openHouse>>, checkoutId: CheckoutId) =>
    (await readCheckoutKey(house.on.table, { storeId, checkoutId }))?.customerId;

  test("is known from its beginning, and by its customer all of it is found, newest first", async () => {
    const house = await openHouse();
    const first = await house.begun(buyer(email));
    house.on.clock.advance(1_000);
    const second = await house.begun(buyer(email.toUpperCase()));
    await house.begun(buyer("eve@canary.example"));
    const customerId = await house.customerOf(email);
    const keys = await customerKeys(house.on.table, { storeId, customerIds: [customerId] });
    expect(keys.map(({ subject }) => subject.checkoutId)).toEqual([second, first]);
  });

  test("follows the e-mail address when the buyer changes it, or gives it only when buying", async () => {
    const house = await openHouse();
    const changed = await house.begun(buyer(email));
    await house.change(changed, buyer("eve@canary.example"));
    expect(await ownerOf(house, changed)).toBe(await house.customerOf("eve@canary.example"));
    const late = await house.begun();
    await house.buy(late, { buyer: { email: "late@canary.example" } });
    expect(await ownerOf(house, late)).toBe(await house.customerOf("late@canary.example"));
    expect(
      await customerKeys(house.on.table, { storeId, customerIds: [await house.customerOf(email)] }),
    ).toEqual([]);
  });

  test("is nobody's without an e-mail address", async () => {
    const house = await openHouse();
    const id = await house.begun({ contact: {} });
    expect(await ownerOf(house, id)).toBeUndefined();
    expect(house.on.table.rows("people").filter((row) => row["list"] !== undefined)).toEqual([]);
  });

  test("stands beside its key and in no other table", async () => {
    const house = await openHouse();
    await house.bought();
    const rest = (["commerce", "outbox", "access", "audit"] as const).flatMap((name) =>
      house.on.table.rows(name),
    );
    expect(JSON.stringify(rest)).not.toContain("cust_");
    expect(JSON.stringify(house.on.table.rows("people"))).toContain("cust_");
  });
});
