import { describe, expect, it } from "vitest";
import { type DomainWorld, domainWorld, ours, shop, theirs } from "./world.ts";

/** Lets something happen right before the transaction that begins a session, after all that it was decided by was read. */
const meanwhile = (world: DomainWorld, happens: () => Promise<unknown>) => {
  const { table } = world.platform;
  world.seeThrough({
    commit: async (writes) => {
      if (writes.some(({ key }) => key.sk === "checkout")) {
        world.seeThrough({});
        await happens();
      }
      await table.commit(writes);
    },
  });
};

describe("a session that is begun while its store's last domain ends", () => {
  it.each<[string, (world: DomainWorld) => Promise<unknown>]>([
    ["is removed", (world) => world.call("DELETE", `/domains/${shop}`)],
    ["passes to another store", (world) => world.proven(theirs)],
  ])("is refused: the domain %s between its look at the store and its write", async (_, happens) => {
    const world = await domainWorld();
    await world.proven();
    world.platform.clock.advance(1);
    meanwhile(world, () => happens(world));
    expect(await world.begin()).toMatchObject({ status: 403, body: { code: "domain_not_verified" } });
    expect(world.checkouts()).toEqual([]);
  });

  it("is begun where another domain is left", async () => {
    const world = await domainWorld();
    await world.proven();
    await world.proven(ours, { domain: "two.example.com" });
    meanwhile(world, () => world.call("DELETE", `/domains/${shop}`));
    expect((await world.begin()).status).toBe(201);
  });

  it("looks at one piece of the fence, so that sessions seldom meet each other", async () => {
    const world = await domainWorld();
    await world.proven();
    const pieces = new Set<string>();
    const { table } = world.platform;
    world.seeThrough({
      commit: async (writes) => {
        for (const { key } of writes.filter(({ change }) => "check" in change)) pieces.add(key.pk);
        await table.commit(writes);
      },
    });
    for (let begun = 0; begun < 100; begun += 1) await world.begin();
    expect(pieces.size).toBeGreaterThan(20);
    expect(world.checkouts()).toHaveLength(100);
  });
});
