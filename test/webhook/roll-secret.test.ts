import { createHmac, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { DialRequest } from "#functions/runtime/outbound.ts";
import { hours, minutes, seconds } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import { endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { secretLimit } from "#functions/webhook/signing-secret.ts";
import { wire } from "#functions/webhook/webhook.handler.ts";
import { effort, seed } from "#test/effort.ts";
import { aCaller, apiEvent } from "#test/fakes/api-event.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { type Random, seededRandom } from "#test/simulation/engine/random.ts";
import { answer, principalId, storeId, webhookWorld } from "./world.ts";

beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

/** The endpoints' API and their sender on one table, with a receiver that knows some secrets. */
const house = async (kind: keyof typeof verifies, drawn = 1) => {
  const world = webhookWorld(drawn);
  const { platform, seal } = world;
  const made = await world.endpoint({ kind, ...(kind === "acp" && { principalId }) });
  const held = new Set([world.secrets.get(made.id) ?? ""]);
  const counts = { sent: 0, refused: 0 };
  world.receivers.set(made.url, (request) => {
    const isGood = [...held].some((secret) => verifies[kind](secret, request, platform.now()));
    counts.sent += 1;
    counts.refused += Number(!isGood);
    return answer(isGood ? 204 : 401);
  });
  const environment = {
    get: (name: string) => (name === "OUTBOUND_POLICY" ? "public" : "q"),
    find: () => "",
  };
  const handler = wire({ ...platform, environment, enqueue: async () => {}, seal } as never);
  let requests = 0;
  const roll = async (body: object = {}, key?: string) => {
    requests += 1;
    const event = apiEvent({
      method: "POST",
      path: `/webhook_endpoints/${made.id}/roll_secret`,
      body,
      caller: aCaller({ storeId }),
      headers: { "Idempotency-Key": key ?? `key-${requests}` },
    });
    const requestContext = { ...event.requestContext, requestId: `request-${requests}` };
    const given = (await handler({ ...event, requestContext }, aContext())) as Given;
    return { status: given.statusCode, body: JSON.parse(given.body) as Rolled };
  };
  /** As anybody asks who has no key. */
  const jwks = async (of: Pick<Endpoint, "storeId" | "id"> = made) => {
    const path = `/stores/${of.storeId}/webhook_endpoints/${of.id}/jwks.json`;
    const given = (await handler(apiEvent({ path, caller: null }), aContext())) as Given & {
      headers: object;
    };
    return { ...given, body: JSON.parse(given.body) as { keys: (JsonWebKey & { kid: string })[] } };
  };
  let orders = 0;
  /** An event of an order of its own, so that none waits for another. */
  const tell = async () => {
    orders += 1;
    const subject = newId("ord", () => Uint8Array.from(Buffer.from(String(orders).padStart(16, "0"))));
    await world.fanOut(await world.record(1, { subject, occurredAt: platform.now() }));
  };
  const read = async () => (await endpointStore(platform.table).get(storeId, made.id)) as Endpoint;
  return { ...world, made, held, counts, roll, jwks, tell, read };
};
type House = Awaited<ReturnType<typeof house>>;
type Given = { statusCode: number; body: string };
type Rolled = {
  secret: string;
  secrets: { number: number; publicKey: string; expiresAt?: string }[];
  code?: string;
};

const verifies: Readonly<
  Record<"standard" | "acp", (secret: string, request: DialRequest, now: number) => boolean>
> = {
  standard: (secret, { body, headers }, now) => {
    vi.setSystemTime(now);
    try {
      new Webhook(secret).verify(body ?? "", headers);
      return true;
    } catch {
      return false;
    }
  },
  /** By the pattern of ACP's own document, which has room for one signature. */
  acp: (secret, { body, headers }) => {
    const [, at, given] = /^t=(\d+),v1=([a-f0-9]{64})$/.exec(headers["merchant-signature"] ?? "") ?? [];
    return given === createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
  },
};

/** What was on its way when the secret was rolled has arrived by then. */
const underWay = minutes(1);

/** Deliveries go on before, beside and after a roll; the receiver goes over to the new secret at any time within. */
const rollUnder = async (on: House, random: Random, kind: keyof typeof verifies) => {
  const overlapSeconds = random.pick([300, 3_600, 86_400]);
  const beside = async () => {
    await on.tell();
    await on.run(0);
  };
  await on.tell();
  const former = [...on.held];
  const rolling = on.roll({ overlapSeconds });
  const [rolled] = await Promise.all([rolling, beside(), beside()]);
  expect(rolled.status).toBe(200);
  const until = on.platform.now() + seconds(overlapSeconds);
  await on.run(random.between(underWay, seconds(overlapSeconds) - minutes(1)));
  await beside();
  // Standard Webhooks' signatures let it go over at once; with ACP's one it knows both until the overlap is over.
  on.held.add(rolled.body.secret);
  if (kind === "standard") for (const secret of former) on.held.delete(secret);
  await Promise.all([beside(), beside()]);
  on.platform.clock.set(until);
  for (const secret of former) on.held.delete(secret);
  await beside();
  const last = on.calls.at(-1) as DialRequest;
  expect(former.map((secret) => verifies[kind](secret, last, on.platform.now()))).toEqual(
    former.map(() => false),
  );
};

test.each(["standard", "acp"] as const)(
  "%s: secrets are rolled under load: no delivery is refused, and after the overlap the old one signs nothing",
  async (kind) => {
    const random = seededRandom(seed(61));
    const on = await house(kind, seed(61));
    for (let nth = 0; nth < effort(1_000, 25); nth += 1) await rollUnder(on, random, kind);
    await on.run(hours(1));
    expect(on.counts).toEqual({ sent: effort(1_000, 25) * 7, refused: 0 });
    expect(on.deliveries().every(({ status }) => status === "delivered")).toBe(true);
  },
  300_000,
);

test("two rolls at once are two secrets, and both of them sign beside the first", async () => {
  const on = await house("standard");
  const both = await Promise.all([on.roll(), on.roll()]);
  const secrets = [...on.held, ...both.map(({ body }) => body.secret)];
  await on.tell();
  await on.run(0);
  const [call] = on.calls;
  expect(secrets.map((secret) => call && verifies.standard(secret, call, on.platform.now()))).toEqual([
    true,
    true,
    true,
  ]);
});

test("who has no key of the store verifies what was sent by the public keys, while one is rolled by either", async () => {
  const on = await house("standard");
  const verifiedBy = async ({ headers, body }: DialRequest) => {
    const text = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
    const signatures = (headers["webhook-signature"] ?? "")
      .split(" ")
      .filter((each) => each.startsWith("v1a,"));
    const { keys } = (await on.jwks()).body;
    const verifies = (key: JsonWebKey) =>
      signatures.some((each) =>
        verify(null, text, createPublicKey({ key, format: "jwk" }), Buffer.from(each.slice(4), "base64")),
      );
    return keys.filter(verifies).map(({ kid }) => kid);
  };
  const sent = async () => {
    await on.tell();
    await on.run(0);
    return on.calls.at(-1) as DialRequest;
  };
  expect(await verifiedBy(await sent())).toEqual(["1"]);
  const { body } = await on.roll({ overlapSeconds: 600 });
  expect(await verifiedBy(await sent())).toEqual(["2", "1"]);
  on.platform.clock.advance(minutes(10));
  expect(await verifiedBy(await sent())).toEqual(["2"]);
  const { x } = (await on.jwks()).body.keys[0] as { x: string };
  expect(body.secrets[0]?.publicKey).toBe(`whpk_${Buffer.from(x, "base64url").toString("base64")}`);
});

test("public keys are fresh for five minutes, and no secret is among them; an endpoint that is not there has none", async () => {
  const on = await house("standard");
  const { statusCode, headers, body } = await on.jwks();
  expect([statusCode, headers]).toMatchObject([200, { "cache-control": "public, max-age=300" }]);
  expect(body.keys.map((key) => Object.keys(key).sort())).toEqual([["alg", "crv", "kid", "kty", "use", "x"]]);
  const id = `we_${"0".repeat(26)}`;
  const others = [
    { storeId, id },
    { storeId: `store_${"0".repeat(26)}`, id: on.made.id },
    { storeId: "..", id },
  ];
  for (const other of others) expect((await on.jwks(other as never)).statusCode).toBe(404);
});

test("without an overlap the old secret signs nothing from the answer on", async () => {
  const on = await house("standard");
  await on.roll({ overlapSeconds: 0 });
  expect((await on.read()).secrets).toHaveLength(1);
  await on.tell();
  await on.run(0);
  expect(on.counts).toEqual({ sent: 1, refused: 1 });
});

test("ten secrets sign at once and no more", async () => {
  const on = await house("standard");
  for (let nth = 1; nth < secretLimit; nth += 1) expect((await on.roll()).status).toBe(200);
  const beyond = await on.roll();
  expect([beyond.status, beyond.body.code]).toEqual([422, "limit_exceeded"]);
  await on.tell();
  await on.run(0);
  expect(on.calls[0]?.headers["webhook-signature"]?.split(" ")).toHaveLength(secretLimit * 2);
  on.platform.clock.advance(hours(24));
  const { body } = await on.roll({ overlapSeconds: 60 });
  expect(body.secrets.map(({ number, expiresAt }) => [number, expiresAt !== undefined])).toEqual([
    [secretLimit + 1, false],
    [secretLimit, true],
  ]);
});

test("the same request again shows the same secret, once it was rolled none; nothing else shows one", async () => {
  const on = await house("standard");
  const first = await on.roll({}, "a");
  expect(await on.roll({}, "a")).toEqual(first);
  expect(await on.roll({ overlapSeconds: 1 }, "a")).toMatchObject({ status: 422 });
  on.platform.clock.advance(hours(1));
  expect((await on.roll({}, "a")).body).not.toHaveProperty("secret");
  await on.roll({ overlapSeconds: 0 });
  expect(await on.roll({}, "a")).toMatchObject({ status: 409, body: { code: "conflict" } });
  const written = JSON.stringify([
    on.platform.table.rows("commerce"),
    on.platform.table.rows("audit"),
    on.platform.logged,
  ]);
  expect(written).not.toContain("whsec_");
});

test.each([-1, 86_401, 1.5])("an overlap of %d seconds is refused", async (overlapSeconds) => {
  const on = await house("standard");
  expect((await on.roll({ overlapSeconds })).status).toBe(422);
});

test("each roll is on record; without its record it is not done", async () => {
  const on = await house("standard");
  await on.roll({}, "a");
  await on.roll({}, "a");
  expect(on.platform.table.rows("audit")).toMatchObject([
    {
      action: "webhook_secret.rolled",
      decidedBy: "webhooks:write",
      about: { endpointId: on.made.id, secret: "2" },
    },
  ]);
});
