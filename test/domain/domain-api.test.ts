import { describe, expect, it } from "vitest";
import { DomainView } from "#functions/domain/domain-view.ts";
import { days, hours } from "#functions/values/clock.ts";
import { domainWorld, ours, shop, textFile, theirs } from "./world.ts";

describe("a domain", () => {
  it("speaks for its store once its record is there, and only then a session is begun", async () => {
    const world = await domainWorld();
    const given = await world.challenge();
    expect(given).toMatchObject({
      status: 201,
      body: {
        domain: shop,
        status: "pending",
        scope: "host",
        challenge: { method: "dns", record: { type: "TXT", name: `_agentic-checkout-challenge.${shop}` } },
      },
    });
    expect(DomainView.parse(given.body)).toEqual(given.body);
    expect(await world.verify()).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(await world.begin()).toMatchObject({ status: 403, body: { code: "domain_not_verified" } });
    world.publish(given);
    expect(await world.verify()).toMatchObject({ status: 200, body: { status: "verified", method: "dns" } });
    expect((await world.begin()).status).toBe(201);
    expect(world.acts()).toEqual(
      ["domain.challenged", "domain.verified"].map((action) => ({
        action,
        storeId: ours,
        decidedBy: "store:write",
      })),
    );
    expect(await world.call("GET", "/domains")).toMatchObject({
      status: 200,
      body: { domains: [{ domain: shop, status: "verified" }] },
    });
  });

  it("says what to do where a session is refused for want of one", async () => {
    const { body } = await (await domainWorld()).begin();
    expect(JSON.stringify(body)).toContain("POST /domains");
  });

  it("is challenged with 256 bits that nobody was given before", async () => {
    const world = await domainWorld();
    const tokens = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const value = (await world.challenge()).body.challenge?.record?.value ?? "";
      expect(value).toMatch(/^token=[A-Za-z0-9_-]{43}$/);
      tokens.add(value);
    }
    expect(tokens.size).toBe(20);
  });

  it("is challenged once more at any time, but of new ones no more than ten a day, which the store is told", async () => {
    const world = await domainWorld(true, { LIMIT_FACTOR: "1" });
    world.platform.clock.set(Date.UTC(2026, 10, 23, 12));
    const add = (nth: number) => world.challenge({ domain: `shop${nth}.example.com` });
    for (let nth = 1; nth <= 10; nth += 1) expect((await add(nth)).status).toBe(201);
    const braked = await add(11);
    expect(braked).toMatchObject({ status: 429, body: { code: "velocity_exceeded" } });
    expect(Number(braked.headers["retry-after"])).toBeLessThanOrEqual(hours(12) / 1_000);
    for (let nth = 1; nth <= 10; nth += 1) expect((await add(nth)).status).toBe(201);
    expect(world.events()).toMatchObject([
      {
        type: "velocity.exceeded",
        storeId: ours,
        data: { rule: "domains_per_store", limit: 10, domain: "shop11.example.com" },
      },
    ]);
    expect((await world.challenge({ domain: "shop.example.org" }, theirs)).status).toBe(201);
    world.platform.clock.advance(hours(12));
    expect((await add(11)).status).toBe(201);
  });

  it("is proven by a file whose text its path does not give away", async () => {
    const world = await domainWorld();
    const given = await world.challenge({ method: "https" });
    const { url = "", content = "" } = given.body.challenge?.file ?? {};
    const [, token = ""] =
      /^https:\/\/shop\.example\.com\/\.well-known\/agentic-checkout-challenge\/(.+)$/.exec(url) ?? [];
    expect(content).toBe(`${token}.${ours}`);
    world.files.set(url, textFile(token));
    expect((await world.verify()).status).toBe(409);
    world.publish(given);
    expect((await world.verify()).status).toBe(200);
  });

  it("is proven by an answer to its own method only", async () => {
    const world = await domainWorld();
    const given = await world.challenge({ method: "https" });
    const token = given.body.challenge?.file?.content.split(".")[0];
    world.records.set(`_agentic-checkout-challenge.${shop}`, [`token=${token}`]);
    expect((await world.verify()).status).not.toBe(200);
  });

  it("is proven by no token of another store, nor of a domain beside it", async () => {
    const world = await domainWorld();
    const stranger = await world.challenge({}, theirs);
    const beside = await world.challenge({ domain: "other.example.com" });
    await world.challenge();
    for (const { body } of [stranger, beside])
      world.records.set(`_agentic-checkout-challenge.${shop}`, [body.challenge?.record?.value ?? ""]);
    expect((await world.verify()).status).toBe(409);
  });

  it("has seven days to answer", async () => {
    const world = await domainWorld();
    world.publish(await world.challenge());
    world.platform.clock.advance(days(7));
    expect(await world.verify()).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("POST /domains") },
    });
  });

  it("is proven by a token once: the next proof wants another", async () => {
    const world = await domainWorld();
    await world.proven();
    expect((await world.verify()).status).toBe(409);
    await world.call("DELETE", `/domains/${shop}`);
    await world.challenge();
    expect((await world.verify()).status).toBe(409);
  });

  it("is proven by the newest challenge only", async () => {
    const world = await domainWorld();
    world.publish(await world.challenge());
    await world.challenge();
    expect((await world.verify()).status).toBe(409);
  });

  it.each([
    ["disagree", { records: [] }],
    ["fail", "unknown" as const],
  ])("is not proven where resolvers %s, and nobody is told that it is absent", async (_, second) => {
    const world = await domainWorld();
    world.publish(await world.challenge());
    world.secondSays.set(`_agentic-checkout-challenge.${shop}`, second);
    expect(await world.verify()).toMatchObject({ status: 503, body: { code: "temporarily_unavailable" } });
    expect((await world.begin()).status).toBe(403);
    world.secondSays.clear();
    expect((await world.verify()).status).toBe(200);
  });

  it("speaks for what is below it only where its record was asked for that", async () => {
    const world = await domainWorld();
    expect(await world.proven(ours, { scope: "subtree" })).toMatchObject({ body: { scope: "subtree" } });
    expect(await world.challenge({ domain: `eu.${shop}` })).toMatchObject({ status: 409 });
    expect(await world.challenge({ domain: "shop2.example.com" })).toMatchObject({ status: 201 });
  });

  it.each([
    [{ domain: "co.uk" }, "$.domain"],
    [{ domain: "github.io" }, "$.domain"],
    [{ domain: "shop.internal" }, "$.domain"],
    [{ domain: "192.0.2.1" }, "$.domain"],
    [{ domain: "https://shop.example.com" }, "$.domain"],
    [{ domain: `${"a.".repeat(115)}com` }, "$.domain"],
    [{ method: "https", scope: "subtree" }, "$.scope"],
    [{ method: "mail" }, "$.method"],
  ])("is not taken as %j", async (body, param) => {
    expect(await (await domainWorld()).challenge(body)).toMatchObject({ status: 422, body: { param } });
  });

  it("is one of fifty at most", async () => {
    const world = await domainWorld();
    for (let count = 0; count < 50; count += 1) await world.challenge({ domain: `s${count}.example.com` });
    expect(await world.challenge()).toMatchObject({ status: 422, body: { code: "limit_exceeded" } });
    expect((await world.challenge({ domain: "s1.example.com" })).status).toBe(201);
  });

  it("is its own store's to see, verify and remove", async () => {
    const world = await domainWorld();
    await world.proven();
    for (const [method, path] of [
      ["POST", `/domains/${shop}/verify`],
      ["DELETE", `/domains/${shop}`],
    ] as const)
      expect(await world.call(method, path, undefined, theirs)).toMatchObject({ status: 404 });
    expect((await world.call("GET", "/domains", undefined, theirs)).body).toEqual({ domains: [] });
  });

  it("ends when it is removed, and stays gone until it is proven anew", async () => {
    const world = await domainWorld();
    await world.proven();
    expect(await world.call("DELETE", `/domains/${shop}`)).toMatchObject({
      status: 200,
      body: { removed: true },
    });
    expect((await world.begin()).status).toBe(403);
    expect((await world.call("GET", "/domains")).body).toEqual({ domains: [] });
    expect(await world.call("DELETE", `/domains/${shop}`)).toMatchObject({ status: 404 });
    expect((await world.proven()).status).toBe(200);
    expect((await world.begin()).status).toBe(201);
  });

  it("may be one of several: the store sells while one is left", async () => {
    const world = await domainWorld();
    await world.proven();
    await world.proven(ours, { domain: "two.example.com" });
    await world.call("DELETE", `/domains/${shop}`);
    expect((await world.begin()).status).toBe(201);
    await world.call("DELETE", "/domains/two.example.com");
    expect((await world.begin()).status).toBe(403);
  });
});

describe("a domain that another live store claims", () => {
  it("passes to the newer proof at once, and the one before is told", async () => {
    const world = await domainWorld();
    await world.proven(ours);
    world.platform.clock.advance(hours(1));
    expect((await world.proven(theirs)).status).toBe(200);
    expect((await world.begin(theirs)).status).toBe(201);
    expect((await world.begin(ours)).status).toBe(403);
    expect(world.events()).toEqual([{ type: "domain.transferred", storeId: ours, data: { domain: shop } }]);
    expect(await world.domain(ours)).toMatchObject({ status: "transferred" });
  });

  it("is not had by a challenge that is older than the other's proof", async () => {
    const world = await domainWorld();
    const early = await world.challenge({}, theirs);
    world.platform.clock.advance(1);
    await world.proven(ours);
    world.publish(early);
    expect(await world.verify(theirs)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect((await world.begin(ours)).status).toBe(201);
    expect((await world.begin(theirs)).status).toBe(403);
  });

  it("comes back by a new token only: the old one, still there, proves nothing", async () => {
    const world = await domainWorld();
    await world.proven(ours);
    world.platform.clock.advance(hours(1));
    await world.proven(theirs);
    expect((await world.verify(ours)).status).toBe(409);
    world.platform.clock.advance(hours(1));
    expect((await world.proven(ours)).status).toBe(200);
    expect((await world.begin(theirs)).status).toBe(403);
  });

  it("is free once it was removed", async () => {
    const world = await domainWorld();
    const early = await world.challenge({}, theirs);
    await world.proven(ours);
    await world.call("DELETE", `/domains/${shop}`);
    world.publish(early);
    expect((await world.verify(theirs)).status).toBe(200);
    expect(world.events()).toEqual([]);
  });

  it("belongs to all who prove it where stores only test", async () => {
    const world = await domainWorld(false);
    await world.proven(ours);
    await world.proven(theirs);
    expect([(await world.begin(ours)).status, (await world.begin(theirs)).status]).toEqual([201, 201]);
  });
});
