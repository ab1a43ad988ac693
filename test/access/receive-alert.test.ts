import { createHash, generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { wire } from "#functions/access/receive-alert.handler.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { forgedFrom } from "./house.ts";
import { type KeysApi, keysApi } from "./keys-api.ts";

const pair = (namedCurve = "P-256") =>
  generateKeyPairSync("ec", {
    namedCurve,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const github = pair();
const stranger = pair();
const other = pair("P-384");

/** GitHub, which publishes keys and signs with them, and our endpoint beside the API of a store. */
const opened = async () => {
  const house = await keysApi();
  const asked: DialRequest[] = [];
  const published = new Map([["current", github.publicKey]]);
  let away: DialResult | undefined;
  const dial = async (request: DialRequest): Promise<DialResult> => {
    asked.push(request);
    const public_keys = [...published].map(([key_identifier, key]) => ({
      key_identifier,
      key,
      is_current: true,
    }));
    const body = new TextEncoder().encode(JSON.stringify({ public_keys }));
    return away ?? { answered: true, status: 200, headers: {}, body };
  };
  const { on } = house;
  const handler = wire({ ...on, dial, readSecret: async () => "a-pepper-of-at-least-32-characters-1" });
  const post = (body: string, headers: Record<string, string>) =>
    callApi(handler, { method: "POST", path: "/secret_scanning/alerts", body, headers, caller: null });
  const signed = (body: string, by: string = github.privateKey, id = "current") => ({
    "Github-Public-Key-Identifier": id,
    "Github-Public-Key-Signature": sign("sha256", Buffer.from(body), by).toString("base64"),
  });
  const rows = () =>
    JSON.stringify([on.table.rows("access"), on.table.rows("audit"), on.table.rows("outbox")]);
  return {
    house,
    asked,
    published,
    post,
    signed,
    rows,
    goAway: (result: DialResult) => {
      away = result;
    },
    alert: async (...tokens: string[]) => {
      const body = bodyOf(...tokens);
      return post(body, signed(body));
    },
  };
};

const bodyOf = (...tokens: string[]): string =>
  JSON.stringify(
    tokens.map((token) => ({
      token,
      type: "agentic_checkout_license_key",
      url: "https://github.com/octocat/hello/blob/1/shop.ts",
      source: "content",
    })),
  );
const hashOf = (token: string) => createHash("sha256").update(token).digest("base64");

const agentsKey = (house: KeysApi) => house.make({ role: "agent", principal: "ChatGPT" });

describe("an alert that GitHub signed", () => {
  test("ends a key with its answer, tells its owner, is on record, and repeats the key nowhere", async () => {
    const { house, alert, rows } = await opened();
    const made = await agentsKey(house);
    const kept = await agentsKey(house);
    const answer = await alert(made.key);
    expect(answer).toMatchObject({
      statusCode: 200,
      body: [
        { token_hash: hashOf(made.key), token_type: "agentic_checkout_license_key", label: "true_positive" },
      ],
    });
    expect([await house.works(made.key), await house.works(kept.key)]).toEqual([false, true]);
    expect(await house.keys.get(made.id)).toMatchObject({
      revokedAt: house.on.now(),
      exposedAt: house.on.now(),
    });
    const told = house.events().filter(({ type }) => type === "key.leaked");
    expect(told.map(({ data }) => (data as { keyId: string }).keyId)).toEqual([made.id]);
    expect(house.acts().filter((action) => action === "key.leaked")).toHaveLength(1);
    expect(house.on.counted).toContain("KeyExposed");
    const everything = rows() + JSON.stringify(house.on.logged) + answer.text;
    expect(everything).not.toContain(made.key.slice(-40));
  });

  test("that comes again, or after its owner revoked the key, is answered alike and does no more", async () => {
    const { house, alert, rows } = await opened();
    const made = await agentsKey(house);
    const first = await alert(made.key, made.key);
    const before = rows();
    expect((await alert(made.key, made.key)).body).toEqual(first.body);
    expect(rows()).toBe(before);
  });

  test("of what is no key of ours, or of a key's id with another secret, ends nothing and says so", async () => {
    const { house, alert, rows } = await opened();
    const made = await agentsKey(house);
    const before = rows();
    const { body } = await alert(forgedFrom(made.id, house.on.random), "lk_test_x", `${made.key}0`, "AKIA");
    expect((body as { label: string }[]).map(({ label }) => label)).toEqual(Array(4).fill("false_positive"));
    expect(rows()).toBe(before);
    expect(await house.works(made.key)).toBe(true);
  });

  test("is not answered as done while its record can't be written: the key works on, and it may come again", async () => {
    const { house, alert } = await opened();
    const made = await agentsKey(house);
    const { commit } = house.on.table;
    house.on.table.commit = async (writes) => {
      if (writes.some(({ table }) => table === "audit")) throw new Error("no audit");
      return commit(writes);
    };
    expect((await alert(made.key)).statusCode).toBe(500);
    expect(await house.works(made.key)).toBe(true);
    house.on.table.commit = commit;
    expect((await alert(made.key)).statusCode).toBe(200);
    expect(await house.works(made.key)).toBe(false);
  });
});

describe("an alert that GitHub did not sign", () => {
  let made: Awaited<ReturnType<typeof agentsKey>>;
  let world: Awaited<ReturnType<typeof opened>>;
  beforeAll(async () => {
    world = await opened();
    made = await agentsKey(world.house);
    world.published.set("long", other.publicKey);
  });
  const refused = { statusCode: 400, body: { code: "signature_invalid" } };
  const headersOf: Readonly<Record<string, (body: string) => Record<string, string>>> = {
    "without headers": () => ({}),
    "without a signature": (body) => ({ ...world.signed(body), "Github-Public-Key-Signature": "" }),
    "signed by somebody else": (body) => world.signed(body, stranger.privateKey),
    "under a key that GitHub does not publish": (body) => world.signed(body, github.privateKey, "unknown"),
    "by a key that is none of P-256": (body) => world.signed(body, other.privateKey, "long"),
    "over other bytes": (body) => world.signed(`${body} `),
    "with text for a signature": (body) => ({
      ...world.signed(body),
      "Github-Public-Key-Signature": "signed",
    }),
  };

  test.each(Object.entries(headersOf))("%s is refused, and nothing done", async (_, headers) => {
    const before = world.rows();
    const body = bodyOf(made.key);
    expect(await world.post(body, headers(body))).toMatchObject(refused);
    expect(world.rows()).toBe(before);
    expect(await world.house.works(made.key)).toBe(true);
  });

  test("or that was changed by a bit on its way is refused", async () => {
    const body = bodyOf(made.key);
    const headers = world.signed(body);
    const flip = fc.record({ at: fc.nat(body.length - 1), bit: fc.nat(6) });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const bytes = Buffer.from(body);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(await world.post(bytes.toString("latin1"), headers)).toMatchObject(refused);
      }),
      { numRuns: effort(10_000), seed: seed(46) },
    );
  });
});

describe("GitHub's keys", () => {
  test("are read once an hour from GitHub alone, and again for a new one, but not for each that a stranger makes up", async () => {
    const { house, asked, published, post, signed, alert } = await opened();
    await alert("lk_test_x");
    await alert("lk_test_x");
    for (let count = 0; count < 5; count += 1)
      await post("[]", signed("[]", stranger.privateKey, `made-up ${count}`));
    expect(asked.map(({ url }) => url)).toEqual(["https://api.github.com/meta/public_keys/secret_scanning"]);
    published.set("next", stranger.publicKey);
    house.on.clock.advance(minutes(2));
    expect((await post("[]", signed("[]", stranger.privateKey, "next"))).statusCode).toBe(200);
    expect(asked).toHaveLength(2);
    published.delete("next");
    house.on.clock.advance(hours(1) + 1);
    expect((await post("[]", signed("[]", stranger.privateKey, "next"))).statusCode).toBe(400);
  });

  test("that can't be had are no reason to believe, nor to refuse for good", async () => {
    const { goAway, alert } = await opened();
    goAway({ answered: false, reason: "timeout" });
    expect(await alert("lk_test_x")).toMatchObject({ statusCode: 503 });
    goAway({ answered: true, status: 500, headers: {}, body: new Uint8Array() });
    expect(await alert("lk_test_x")).toMatchObject({ statusCode: 503 });
  });

  test("sign what is no list of alerts: it is refused", async () => {
    const { post, signed } = await opened();
    for (const body of ["{}", '[{"token":1}]', "[", ""])
      expect((await post(body, signed(body))).statusCode).toBe(400);
  });
});
