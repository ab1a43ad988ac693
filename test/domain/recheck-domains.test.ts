import { describe, expect, it } from "vitest";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { type DomainWorld, domainWorld, ours, shop, textFile, theirs } from "./world.ts";

const record = `_agentic-checkout-challenge.${shop}`;

/** So long, with the sweeper's every quarter of an hour. */
const pass = async (world: DomainWorld, time: number) => {
  for (let passed = 0; passed < time; passed += minutes(15)) {
    world.platform.clock.advance(minutes(15));
    await world.sweep();
  }
};

const provenWorld = async () => {
  const world = await domainWorld();
  await world.proven();
  world.asked.length = 0;
  return world;
};

describe("a verified domain", () => {
  it("is looked at at least once a day, and goes on speaking while its record is there", async () => {
    const world = await provenWorld();
    await pass(world, days(10));
    expect(world.asked.length).toBeGreaterThanOrEqual(10);
    expect(world.asked.length).toBeLessThan(12);
    expect((await world.begin()).status).toBe(201);
  });

  it("is suspended when its record is gone twice, a day apart, and its owner hears it once", async () => {
    const world = await provenWorld();
    world.records.clear();
    await pass(world, hours(46));
    expect((await world.begin()).status).toBe(201);
    expect((await world.call("GET", "/domains")).body).toMatchObject({
      domains: [{ status: "verified", missingSince: expect.any(String) }],
    });
    await pass(world, hours(2));
    expect(await world.begin()).toMatchObject({ status: 403, body: { code: "domain_not_verified" } });
    await pass(world, days(3));
    expect(world.events()).toEqual([{ type: "domain.suspended", storeId: ours, data: { domain: shop } }]);
    expect(world.acts().at(-1)).toEqual({ action: "domain.suspended", storeId: ours, decidedBy: "schedule" });
  });

  it("is forgiven a record that is back by the second look", async () => {
    const world = await provenWorld();
    const there = world.records.get(record) ?? [];
    world.records.clear();
    await pass(world, hours(30));
    world.records.set(record, there);
    await pass(world, hours(24));
    world.records.clear();
    await pass(world, hours(30));
    expect((await world.begin()).status).toBe(201);
  });

  it("is not suspended because resolvers fail for a day, but when nobody has seen its record for three", async () => {
    const world = await provenWorld();
    world.secondSays.set(record, "unknown");
    await pass(world, hours(60));
    expect((await world.begin()).status).toBe(201);
    await pass(world, hours(13));
    expect((await world.begin()).status).toBe(403);
  });

  it("is suspended for good: the old record, back again, proves nothing", async () => {
    const world = await provenWorld();
    const there = world.records.get(record) ?? [];
    world.records.clear();
    await pass(world, days(3));
    world.records.set(record, there);
    await pass(world, days(3));
    expect((await world.verify()).status).toBe(409);
    expect((await world.begin()).status).toBe(403);
    expect((await world.proven()).status).toBe(200);
    expect((await world.begin()).status).toBe(201);
  });

  it("takes a challenge that is open with it as it ends: it comes back by one that is asked for since", async () => {
    const world = await provenWorld();
    const open = await world.challenge();
    world.records.clear();
    await pass(world, days(3));
    world.publish(open);
    expect((await world.verify()).status).toBe(409);
    expect((await world.begin()).status).toBe(403);
    expect((await world.proven()).status).toBe(200);
  });

  it("is free for another store once it is suspended", async () => {
    const world = await provenWorld();
    world.records.clear();
    await pass(world, days(3));
    expect((await world.proven(theirs)).status).toBe(200);
    expect(world.events()).toHaveLength(1);
  });

  it("is looked at by the method that proved it", async () => {
    const world = await domainWorld();
    await world.proven(ours, { method: "https" });
    await pass(world, days(3));
    expect((await world.begin()).status).toBe(201);
    for (const url of world.files.keys()) world.files.set(url, textFile("gone", { status: 404 }));
    await pass(world, days(3));
    expect((await world.begin()).status).toBe(403);
    expect(world.asked).toEqual([]);
  });

  it("keeps no other one waiting when its look fails", async () => {
    const world = await provenWorld();
    await world.platform.table.commit([
      {
        table: "access",
        key: { pk: ours, sk: "domain#broken.example.com" },
        change: { put: { due: "domain#0", dueAt: 1, host: 5 } },
      },
    ]);
    await pass(world, days(1));
    expect(world.asked.length).toBeGreaterThan(0);
  });
});
