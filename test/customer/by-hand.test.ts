import { expect, test } from "vitest";
import type { Export } from "#functions/customer/export.ts";
import { seconds } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { aStore, storeId } from "#test/examples.ts";
import { type House, openHouse } from "./house.ts";

const ada = "ada@canary.example";
type Done = { done?: Record<string, unknown>; refused?: { code: string } };
const command = (house: House, name: string, more: object): Promise<Done> =>
  house.command({ command: name, storeId, reason: "the store is closed", ...more }) as Promise<Done>;

test("a closed store's customer is exported and erased by the operator, on record and with a reason", async () => {
  const house = await openHouse();
  const orderId = await house.bought();
  await house.on.table.commit([
    {
      table: "access",
      key: { pk: storeId, sk: "store" },
      change: { set: { ...aStore(), status: "closed" } },
    },
  ]);
  const exported = await command(house, "export-customer", { email: ada });
  expect((exported.done as unknown as Export).checkouts[0]).toMatchObject({ order: { id: orderId } });
  const asked = await command(house, "erase-customer", { customerId: await house.customerOf(ada) });
  expect(asked.done).toMatchObject({ status: "waiting", waitsFor: [], waitSeconds: 30 });
  house.on.clock.advance(seconds(30));
  const { cursor } = asked.done ?? {};
  const ended = await command(house, "erase-customer", { email: ada, cursor });
  expect(ended.done).toMatchObject({ status: "done", receipt: { checkouts: 1 } });
  expect(ended.done).not.toHaveProperty("cursor");
  expect(house.on.table.rows("audit")).toMatchObject([
    { action: "customer.exported", actor: { role: "operator" }, decidedBy: "iam", subjects: [orderId] },
    { action: "erasure.requested", actor: { role: "operator" }, reason: "the store is closed" },
    { action: "erasure.done" },
  ]);
  expect(JSON.stringify([house.on.logged, house.on.table.rows("audit")])).not.toContain("canary");
});

test("as if: says how much there is, and shows, records and forgets nothing", async () => {
  const house = await openHouse();
  await house.bought();
  const asIf = async (name: string) => (await command(house, name, { email: ada, dryRun: true })).done;
  const customerId = await house.customerOf(ada);
  expect(await asIf("export-customer")).toMatchObject({ customerId, checkouts: 1, restricted: false });
  expect(await asIf("erase-customer")).toMatchObject({ status: "done", checkouts: 1, waitsFor: [] });
  expect([house.on.table.rows("audit"), house.on.table.rows("erasures")]).toEqual([[], []]);
});

test("waits for an order without holding the command up, and wants one person, a store and a reason", async () => {
  const house = await openHouse();
  const session = await house.begun();
  await house.buy(session);
  const waiting = await command(house, "erase-customer", { email: ada });
  expect(waiting.done).toMatchObject({ status: "waiting", waitsFor: ["order"] });
  expect(waiting.done).not.toHaveProperty("cursor");
  expect(await house.order(orderIdOf(session))).toMatchObject({ contact: { buyer: { email: ada } } });
  const refused = async (more: object) => (await command(house, "erase-customer", more)).refused?.code;
  expect(await refused({})).toBe("invalid");
  expect(await refused({ email: ada, customerId: await house.customerOf(ada) })).toBe("invalid");
  expect(await refused({ email: "nobody@canary.example" })).toBe("not_found");
  expect(await refused({ email: ada, storeId: "store_00000000000000000000000009" })).toBe("not_found");
  expect(await refused({ email: ada, reason: "ask ada@canary.example" })).toBe("invalid");
});
