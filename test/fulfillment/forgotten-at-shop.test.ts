import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { wire } from "#functions/customer/customer.handler.ts";
import { wire as wireSweep } from "#functions/customer/sweep-erasures.handler.ts";
import { minutes, toIso } from "#functions/values/clock.ts";
import { aCaller, storeId } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import type { World } from "../order/world.ts";
import { aConnectedShop } from "./connected-shop.ts";
import { aConnectedStore, lost } from "./connected-store.ts";

/** Whoever bought asks to be forgotten. */
const erase = async ({
  on,
  healthy: { envelope },
  order,
}: Pick<World, "on" | "healthy" | "order">): Promise<string> => {
  const caller = aCaller({ role: "admin", scopes: ["customers:read", "customers:write"] });
  const customer = await envelope.customerOf(storeId, "ada@canary.example");
  const headers = { "Idempotency-Key": randomUUID() };
  await callApi(wire({ ...on, envelope }), {
    method: "DELETE",
    path: `/customers/${customer}`,
    caller,
    headers,
  });
  on.clock.advance(minutes(2));
  await wireSweep(on)({}, aContext());
  return toIso((await order()).erasedAt ?? 0);
};

describe("a buyer who is forgotten here", () => {
  test("is to be forgotten by the store's own shop, which hears it once, behind a bridge", async () => {
    const world = await aConnectedStore();
    await world.fulfill();
    await world.pass();
    const erasedAt = await erase(world);
    for (const _ of [1, 2, 3]) await world.pass();
    expect(world.updates.slice(1)).toEqual([
      { id: world.orderId, status: "confirmed", version: 4, erasedAt },
    ]);
  });

  test("is told of with what became of the order, where the shop was away for both", async () => {
    const world = await aConnectedStore();
    const { way } = world.shop;
    await world.fulfill();
    world.shop.way = lost;
    await world.pass();
    const erasedAt = await erase(world);
    world.shop.way = way;
    await world.pass(minutes(18));
    expect(world.updates.at(-1)).toMatchObject({ status: "confirmed", erasedAt });
  });

  test("is told of to the staff of a WooCommerce site, by a note, whatever became of the order there", async () => {
    const world = await aConnectedShop();
    await world.fulfill();
    await world.pass();
    world.woo.set("refunded");
    const erasedAt = await erase(world);
    for (const _ of [1, 2, 3]) await world.pass();
    expect(world.woo.orders.map(({ notes }) => notes)).toEqual([[expect.stringContaining(erasedAt)]]);
    expect(world.on.counted).toEqual([]);
  });

  test("is nobody's to forget where the site's owner has deleted the order", async () => {
    const world = await aConnectedShop();
    await world.fulfill();
    await world.pass();
    world.woo.orders.length = 0;
    await erase(world);
    await world.pass();
    expect([(await world.order()).shop, world.on.counted]).toEqual([{}, []]);
  });

  test("is told of again where the site did not answer", async () => {
    const world = await aConnectedShop();
    await world.fulfill();
    await world.pass();
    const { way } = world.woo;
    world.woo.way = (request, answer) =>
      request.url.includes("/notes") ? { answered: false, reason: "timeout" } : way(request, answer);
    await erase(world);
    await world.pass();
    expect(world.woo.orders[0]?.notes).toEqual([]);
    world.woo.way = way;
    await world.pass(minutes(18));
    expect(world.woo.orders[0]?.notes).toHaveLength(1);
  });

  test("is nobody's at a store without a shop", async () => {
    const world = await aConnectedStore();
    await world.call("DELETE");
    await world.fulfill();
    await erase(world);
    await world.pass();
    expect([(await world.order()).shop, world.updates]).toEqual([undefined, []]);
  });
});
