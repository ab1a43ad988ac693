import { describe, expect, test } from "vitest";
import { z } from "zod";
import { scopesOf } from "#functions/access/role.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import type { Scope } from "#functions/values/scope.ts";
import { everyRoute } from "#test/every-route.ts";
import { supportHouse } from "./house.ts";

const asked = {
  person: "Grace Hopper",
  reason: "order does not show its tracking number",
  scopes: ["orders:read"],
} as const;

describe("access of support", () => {
  test("lets one named person in for an hour, to look at what was granted and nothing else", async () => {
    const house = await supportHouse();
    const { status, body } = await house.grant(asked);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      person: "Grace Hopper",
      status: "active",
      scopes: ["orders:read"],
      createdAt: new Date(house.on.now()).toISOString(),
      endsAt: new Date(house.on.now() + hours(1)).toISOString(),
    });
    expect(await house.callerOf(body.key)).toMatchObject({ role: "support", scopes: ["orders:read"] });
    house.on.clock.advance(hours(1) - 1);
    expect(await house.callerOf(body.key)).toBeDefined();
    house.on.clock.advance(1);
    expect(await house.callerOf(body.key)).toBeUndefined();
  });

  test("is eight hours long at most", async () => {
    const house = await supportHouse();
    expect((await house.grant({ ...asked, minutes: 480 })).status).toBe(201);
    for (const wrong of [0, 481, 1.5])
      expect(await house.grant({ ...asked, minutes: wrong })).toMatchObject({ status: 422 });
  });

  test("changes nothing unless that was said", async () => {
    const house = await supportHouse();
    const scopes = ["orders:read", "orders:write"] satisfies Scope[];
    expect(await house.grant({ ...asked, scopes })).toMatchObject({ status: 422 });
    expect(await house.grant({ ...asked, scopes, write: true })).toMatchObject({ status: 201 });
  });

  test("is never more than who grants it has, and never keys, audit or access itself", async () => {
    const house = await supportHouse();
    const narrow = await house.issue({ role: "admin", scopes: ["support:write", "products:read"] });
    expect(await house.grant(asked, narrow.key)).toMatchObject({ status: 403 });
    for (const scope of ["keys:read", "keys:write", "audit:read", "support:write", "webhooks:write"] as const)
      expect(await house.grant({ ...asked, scopes: [scope], write: true })).toMatchObject({ status: 422 });
    const plain = await house.issue({ role: "admin", scopes: ["keys:write", "orders:read"] });
    expect(await house.grant(asked, plain.key)).toMatchObject({ status: 403 });
  });

  test("sees no secret that works on after its end: no route within its reach answers one", () => {
    const showing = everyRoute.filter(([, { answers }]) =>
      Object.values(answers).some((answer) =>
        /"(secret|key|credential)":/.test(
          JSON.stringify(z.toJSONSchema(answer, { io: "input", unrepresentable: "any" })),
        ),
      ),
    );
    const names = showing.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(["putConnector", "createEndpoint", "issueLicenseKey"]));
    const within = showing.filter(([, { scope }]) => (scopesOf.support as readonly string[]).includes(scope));
    expect(within.map(([name]) => name)).toEqual([]);
  });

  test("ends with one call, for every request that begins after it", async () => {
    const house = await supportHouse();
    const { id, key } = (await house.grant(asked)).body;
    house.on.clock.advance(minutes(5));
    const ended = await house.end(id);
    expect(ended).toMatchObject({ status: 200, body: { id, status: "ended", endedBecause: "called" } });
    expect(await house.callerOf(key)).toBeUndefined();
    expect(await house.end(id)).toMatchObject({ status: 200, body: ended.body });
    expect(house.acts()).toEqual(["support.granted", "support.ended"]);
  });

  test("ends with whoever granted it: a leaver has no door left open", async () => {
    const house = await supportHouse();
    const leaver = await house.issue({ role: "admin" });
    const [first, second] = [await house.grant(asked, leaver.key), await house.grant(asked, leaver.key)];
    const other = await house.grant(asked);
    const path = `/principals/${leaver.principalId}/revoke`;
    const revoked = await house.call(house.owner.key, "POST", path, { body: {} });
    expect(revoked.body).toMatchObject({ supportGrants: 2 });
    const works = [first, second, other].map(({ body }) => house.works(body.key));
    expect(await Promise.all(works)).toEqual([false, false, true]);
    expect((await house.list()).body.supportGrants.map(({ status }) => status).sort()).toEqual([
      "active",
      "ended",
      "ended",
    ]);
    expect(house.acts().filter((action) => action === "support.ended")).toHaveLength(2);
  });

  test("is written down as ended when its time was up, once, whoever looks", async () => {
    const house = await supportHouse();
    const { id } = (await house.grant(asked)).body;
    house.on.clock.advance(hours(1));
    expect((await house.list()).body.supportGrants).toMatchObject([{ id, status: "ended" }]);
    await Promise.all([house.sweep(), house.sweep()]);
    await house.sweep();
    expect((await house.list()).body.supportGrants).toMatchObject([{ id, endedBecause: "time" }]);
    expect(house.acts().sort()).toEqual(["support.ended", "support.granted", "support.read", "support.read"]);
    expect(house.events()).toEqual(["support.granted", "support.ended"]);
    expect(await house.keys.get((await house.list()).body.supportGrants[0]?.keyId ?? "")).toMatchObject({
      revokedAt: house.on.now(),
    });
  });

  test("is seen while it lasts, by name for who may grant it", async () => {
    const house = await supportHouse();
    await house.grant(asked);
    const auditor = await house.issue({ role: "auditor" });
    const [named] = (await house.list()).body.supportGrants;
    expect(named).toMatchObject({ person: "Grace Hopper", status: "active", reason: asked.reason });
    const { person: _, ...nameless } = named ?? { person: "" };
    expect((await house.list(auditor.key)).body.supportGrants).toEqual([nameless]);
  });

  test("is not made longer, rolled or handed on", async () => {
    const house = await supportHouse();
    const { keyId } = (await house.grant(asked)).body;
    const path = `/license_keys/${keyId}`;
    const later = new Date(house.on.now() + hours(9)).toISOString();
    expect(await house.call(house.owner.key, "POST", `${path}/roll`)).toMatchObject({ status: 409 });
    expect(await house.call(house.owner.key, "PATCH", path, { body: { expiresAt: later } })).toMatchObject({
      status: 409,
    });
    expect((await house.call(house.owner.key, "POST", `${path}/revoke`)).status).toBe(200);
    house.on.clock.advance(hours(1));
    await house.sweep();
    expect((await house.list()).body.supportGrants).toMatchObject([{ status: "ended" }]);
  });

  test("shows its key to the same request again, while it works", async () => {
    const house = await supportHouse();
    const first = await house.grant(asked, house.owner.key, "one");
    expect((await house.grant(asked, house.owner.key, "one")).body).toEqual(first.body);
    await house.end(first.body.id);
    expect((await house.grant(asked, house.owner.key, "one")).body.key).toBeUndefined();
  });

  test("is shown again to nobody who could not grant it now", async () => {
    const house = await supportHouse();
    await house.grant(asked, house.owner.key, "one");
    const narrow = await house.make({
      role: "admin",
      principal: house.owner.principalId,
      scopes: ["support:write", "products:read"],
    });
    expect(await house.grant(asked, narrow.key, "one")).toMatchObject({ status: 403 });
  });

  test("of another store is not there", async () => {
    const [house, other] = [await supportHouse(), await supportHouse()];
    const { id } = (await other.grant(asked)).body;
    expect(await house.end(id)).toMatchObject({ status: 404 });
    expect(await house.end("sup_1")).toMatchObject({ status: 404 });
  });

  test("leaves its person's name in no row, record, event or log", async () => {
    const house = await supportHouse();
    await house.grant(asked);
    const names = ["access", "commerce", "outbox", "audit"] as const;
    const stored = names.flatMap((name) => house.on.table.rows(name));
    expect(JSON.stringify([stored, house.on.logged])).not.toContain("Hopper");
  });

  test("gives no access where its record can't be written, and none half-way", async () => {
    const house = await supportHouse();
    for (const table of ["audit", "outbox"] as const) {
      house.refuse(table);
      expect((await house.grant(asked)).status).toBeGreaterThanOrEqual(500);
    }
    house.refuse(undefined);
    expect((await house.list()).body.supportGrants).toEqual([]);
    expect(await house.keys.list(house.storeId)).toHaveLength(1);
  });
});
