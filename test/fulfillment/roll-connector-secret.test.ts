import { beforeEach, expect, test } from "vitest";
import { askBridge } from "#functions/fulfillment/ask-bridge.ts";
import { connectionStore } from "#functions/fulfillment/connection.store.ts";
import { secretLimit } from "#functions/fulfillment/connection-secret.ts";
import { wire } from "#functions/fulfillment/fulfillment.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import { hours, minutes, seconds } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { bridgeReceiver } from "#infra/local/demo/bridge-receiver.ts";
import { storeId } from "#test/examples.ts";
import { aCaller, callApi } from "#test/fakes/api-event.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { noShop } from "#test/fakes/memory-shop.ts";
import { type Random, seededRandom } from "#test/simulation/engine/random.ts";
import { effort, seed } from "../effort.ts";

const otherStore: StoreId = "store_00000000000000000000000009";
const path = "/store/connector";
const bridge = { kind: "bridge", url: "https://tea.example.com/?agentic_bridge=1" };

/** Two stores' shops behind bridges, each with the reference receiver and the secrets that it knows. */
const twoShops = async () => {
  const platform = memoryPlatform();
  const seal = fakeStoreSeal();
  const environment = environmentOf({ STAGE: "test", OUTBOUND_POLICY: "public" });
  const handler = wire({ ...platform, environment, dial: noShop, seal });
  const connections = connectionStore(platform.table);
  let requests = 0;
  const newKey = () => {
    requests += 1;
    return `key-${requests}`;
  };
  const shopOf = async (id: StoreId) => {
    const caller = aCaller({ storeId: id });
    const call = (method: string, more: object = {}) => callApi(handler, { method, path, caller, ...more });
    const known: string[] = [(await call("PUT", { body: bridge })).body["secret"] as string];
    const counts = { sent: 0, refused: 0 };
    const receive = bridgeReceiver(known, { submit_order: async () => ({ accepted: true }) }, platform.now);
    const dial: Dial = async ({ url, method, headers, body = "" }) => {
      const { pathname, search } = new URL(url);
      const said = await receive({ method, target: pathname + search, headers, body: Buffer.from(body) });
      counts.sent += 1;
      counts.refused += Number(said.status === 401);
      return { answered: true, ...said, body: new Uint8Array(Buffer.from(said.body)) };
    };
    const asks = async (at: Dial) => {
      const connection = await connections.get(id);
      return (
        connection && askBridge({ ...platform, seal, dial: at })(connection, "submit_order", { id: "ord_1" })
      );
    };
    return {
      known,
      counts,
      call,
      roll: (body: object = {}, key = newKey()) =>
        call("POST", {
          path: `${path}/roll_secret`,
          resource: `${path}/roll_secret`,
          body,
          headers: { "Idempotency-Key": key },
        }),
      dial,
      /** What the shop at that end says to a request of ours. */
      asks,
      isHeard: async (at = dial) => typeof (await asks(at)) === "object",
    };
  };
  return { platform, mine: await shopOf(storeId), theirs: await shopOf(otherStore) };
};
type World = Awaited<ReturnType<typeof twoShops>>;

let on: World;
beforeEach(async () => {
  on = await twoShops();
});

/** Requests go on before, beside and after a roll; the shop goes over to the new secret, or adds it, at any time within. */
const rollUnder = async ({ platform, mine }: World, random: Random) => {
  const overlapSeconds = random.pick([60, 3_600, 86_400]);
  const former = [...mine.known];
  const rolling = mine.roll({ overlapSeconds });
  const heard = [mine.isHeard(), rolling.then(() => mine.isHeard()), mine.isHeard()];
  const { statusCode, body } = await rolling;
  expect(statusCode).toBe(200);
  await Promise.all(heard);
  const until = platform.now() + seconds(overlapSeconds);
  const atOnce = random.chance(0.5);
  platform.clock.advance(random.below(seconds(overlapSeconds) - 1));
  const beside = mine.isHeard();
  mine.known.push(body["secret"] as string);
  if (atOnce) mine.known.splice(0, former.length);
  await Promise.all([beside, mine.isHeard(), mine.isHeard()]);
  platform.clock.set(until);
  mine.known.splice(0, mine.known.length, ...former);
  expect(await mine.isHeard()).toBe(false);
  mine.known.splice(0, mine.known.length, body["secret"] as string);
  expect(await mine.isHeard()).toBe(true);
};

test("secrets are rolled under load: no request is refused, and after the overlap the old one signs nothing", async () => {
  const random = seededRandom(seed(63));
  const rolls = effort(1_000, 25);
  for (let nth = 0; nth < rolls; nth += 1) await rollUnder(on, random);
  expect(on.mine.counts).toEqual({ sent: rolls * 8, refused: rolls });
});

test("a store's secrets sign nothing for another store, and its shop's word is none of the other's", async () => {
  const { mine, theirs } = on;
  for (const _ of [1, 2]) mine.known.push((await mine.roll()).body["secret"] as string);
  expect([await mine.isHeard(), await theirs.isHeard()]).toEqual([true, true]);
  expect(await mine.asks(theirs.dial)).toBe("store_not_verified");
  // Whoever answers in the other's place, with all the secrets of its own.
  theirs.known.push(...mine.known);
  theirs.known.shift();
  expect(await theirs.isHeard()).toBe(false);
});

test("without an overlap the old secret signs nothing from the answer on", async () => {
  const { mine } = on;
  const { body } = await mine.roll({ overlapSeconds: 0 });
  expect(body["secrets"]).toHaveLength(1);
  expect(await mine.isHeard()).toBe(false);
  mine.known.push(body["secret"] as string);
  expect(await mine.isHeard()).toBe(true);
});

test("an answer by a former secret is believed during the overlap, and by no one after", async () => {
  const { mine, platform } = on;
  await mine.roll({ overlapSeconds: 3_600 });
  platform.clock.advance(hours(1) - 1);
  expect(await mine.isHeard()).toBe(true);
  platform.clock.advance(1);
  expect(await mine.asks(mine.dial)).toBe("store_not_verified");
});

test("ten secrets sign at once and no more; each says until when", async () => {
  const { mine, platform } = on;
  for (let nth = 1; nth < secretLimit; nth += 1) expect((await mine.roll()).statusCode).toBe(200);
  expect(await mine.roll()).toMatchObject({ statusCode: 422, body: { code: "limit_exceeded" } });
  const { body } = await mine.call("GET");
  expect((body["secrets"] as object[]).filter((secret) => "expiresAt" in secret)).toHaveLength(
    secretLimit - 1,
  );
  platform.clock.advance(hours(24));
  expect((await mine.call("GET")).body["secrets"]).toHaveLength(1);
});

test("the same request again shows the same secret for an hour, once it was rolled none; nothing is written of it", async () => {
  const { mine, platform } = on;
  const first = await mine.roll({}, "a");
  expect(first.body["secret"]).toMatch(/^brsec_[0-9a-f]{64}$/);
  expect((await mine.roll({}, "a")).body).toEqual(first.body);
  expect(await mine.roll({ overlapSeconds: 1 }, "a")).toMatchObject({ statusCode: 422 });
  platform.clock.advance(hours(1) + 1);
  expect((await mine.roll({}, "a")).body).not.toHaveProperty("secret");
  await mine.roll({ overlapSeconds: 0 });
  expect(await mine.roll({}, "a")).toMatchObject({ statusCode: 409, body: { code: "conflict" } });
  const { table, logged } = platform;
  const rows = (["access", "commerce", "audit"] as const).flatMap((name) => table.rows(name));
  const written = JSON.stringify([...rows, logged], (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
  );
  expect(written).not.toContain(String(first.body["secret"]).slice("brsec_".length));
  expect(table.rows("audit").map(({ action }) => action)).toEqual([
    "connector.put",
    "connector.put",
    "connector_secret.rolled",
    "connector_secret.rolled",
  ]);
});

test("two rolls at once are two secrets, and both of them sign beside the first", async () => {
  const { mine } = on;
  const both = await Promise.all([mine.roll(), mine.roll()]);
  for (const secret of [...mine.known, ...both.map(({ body }) => String(body["secret"]))]) {
    mine.known.splice(0, mine.known.length, secret);
    expect(await mine.isHeard()).toBe(true);
  }
});

test.each([-1, 86_401, 1.5])("an overlap of %d seconds is refused", async (overlapSeconds) => {
  expect((await on.mine.roll({ overlapSeconds })).statusCode).toBe(422);
});

test("without a bridge there is no secret to roll, and none is left of one that was disconnected", async () => {
  const { mine, platform } = on;
  await mine.roll();
  await mine.call("DELETE");
  expect(platform.table.rows("access").filter(({ pk }) => pk === storeId)).toEqual([]);
  platform.clock.advance(minutes(1));
  expect(await mine.roll()).toMatchObject({ statusCode: 409, body: { code: "conflict" } });
});
