import { expect, test } from "vitest";
import type { Actor } from "#functions/audit/audit.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import {
  type RotateStoreKeys,
  rotateStoreKeys,
  type StoreKeysRotated,
} from "#functions/customer/rotate-store-keys.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { customerKeys } from "#functions/privacy/checkout-key.store.ts";
import { movesKeys, sealedEnvelope, storeSeal } from "#functions/privacy/envelope.client.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { rewrapStoreKeys } from "#functions/privacy/rewrap-store-keys.ts";
import { createdStoreKey, readStoreKey, savedStoreKey } from "#functions/privacy/store-key.store.ts";
import { firstStoreKey } from "#functions/privacy/store-key.ts";
import { storeKeys } from "#functions/privacy/store-keys.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import { type CustomerId, checkoutIdOf, type OrderId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { storeId } from "#test/examples.ts";
import type { MemoryPlatform } from "#test/fakes/memory-platform.ts";
import { fakeKms } from "#test/privacy/kms.ts";
import { seededRandom } from "#test/simulation/engine/random.ts";
import { named, openHouse } from "./house.ts";

/** A shop whose instances each keep the store's key for their own five minutes, and an operator who rotates it. */
const aFleet = async (drawn: number) => {
  const kms = fakeKms();
  const random = seededRandom(drawn);
  const instanceOf = (on: MemoryPlatform) => {
    const storeKeyOf = storeKeys({ ...on, wrapper: kms });
    return {
      envelope: sealedEnvelope({ ...on, storeKeyOf }),
      seal: storeSeal(storeKeyOf),
      moves: movesKeys(on, storeKeyOf),
    };
  };
  const instances: ReturnType<typeof instanceOf>[] = [];
  const anInstance = () => random.pick(instances);
  const house = await openHouse({}, (on) => {
    instances.push(...Array.from({ length: 4 }, () => instanceOf(on)));
    return {
      create: (...given) => anInstance().envelope.create(...given),
      open: (...given) => anInstance().envelope.open(...given),
      customerOf: (...given) => anInstance().envelope.customerOf(...given),
      dayMarkOf: (...given) => anInstance().envelope.dayMarkOf(...given),
      customersOf: (...given) => anInstance().envelope.customersOf(...given),
    };
  });
  const { on } = house;
  await on.table.commit([createdStoreKey(storeId, firstStoreKey(await kms.generate(storeId), on.now()))]);
  let requests = 0;
  const asked = (): Actor => {
    requests += 1;
    return { role: "operator", requestId: `request-${requests}` };
  };
  const ops = rotateStoreKeys({
    ...on,
    stores: storeStore(on.table),
    orders: orderStore(on.table),
    checkouts: checkoutStore(on.table),
    envelope: house.envelope,
    movesKeys: (...given) => anInstance().moves(...given),
    keyWrapper: kms,
  });
  return {
    ...house,
    kms,
    random,
    anInstance,
    rotate: (given: Omit<RotateStoreKeys, "reason">) => ops({ ...given, reason: "yearly" }, asked()),
    rewrap: () => rewrapStoreKeys({ ...on, keyWrapper: kms })({ reason: "another KMS key" }, asked()),
    /** What one seals that has just read the key, each of them opens, whenever it has. */
    everyoneOpens: async () => {
      const sealed = await instanceOf(on).seal.sealForStore(storeId, "test", Uint8Array.of(1));
      for (const { seal } of instances) await seal.unsealForStore(storeId, "test", sealed);
    },
    /** By an instance that has read nothing yet. */
    fresh: () => instanceOf(on),
  };
};
type Fleet = Awaited<ReturnType<typeof aFleet>>;

const people = ["ada", "eve", "bob", "zoe", "max", "lea"].map((name) => `${name}@canary.example`);

/** Who has bought what, as it should be told. */
const aCrowd = (fleet: Fleet) => {
  const { random } = fleet;
  const bought = new Map<string, Set<string>>(people.map((email) => [email, new Set<string>()]));
  const secrets: { purpose: string; sealed: Uint8Array }[] = [];
  const counts = { acts: 0 };
  const idsOf = async (path: string, headers: Record<string, string> = {}) => {
    const { body } = await fleet.call("GET", path, { headers });
    const { customers = [body] } = body as { customers?: Shown[] };
    return {
      id: customers[0]?.id,
      orders: new Set(customers.flatMap(({ orders = [] }) => orders.map(({ id }) => id))),
    };
  };
  const buy = async (email: string) => {
    const orderId = await fleet.bought(named(email, "Ada"));
    bought.get(email)?.add(orderId);
  };
  /** By the address and by the id that it gave; nothing of theirs may be missing, nothing of another there. */
  const look = async (email: string) => {
    const before = new Set(bought.get(email));
    const found = await idsOf("/customers", { "Customer-Email": email });
    expect(found.orders).toEqual(before);
    if (found.id) expect((await idsOf(`/customers/${found.id}`)).orders).toEqual(before);
  };
  const session = async (email: string) => {
    const checkoutId = await fleet.begun(named(email, "Ada"));
    await fleet.change(checkoutId, named(email, "Ada Maria"));
  };
  const secret = async (email: string) => {
    const purpose = `webhook-endpoint#we_${secrets.length}`;
    secrets.push({
      purpose,
      sealed: await fleet.anInstance().seal.sealForStore(storeId, purpose, Buffer.from(email)),
    });
    const { purpose: of, sealed } = random.pick(secrets);
    await fleet.anInstance().seal.unsealForStore(storeId, of, sealed);
  };
  const forget = async (email: string) => {
    if (!random.chance(0.1)) return;
    const { id } = await idsOf("/customers", { "Customer-Email": email });
    if (!id) return;
    expect((await fleet.call("DELETE", `/customers/${id}`)).statusCode).toBe(202);
    bought.get(email)?.clear();
  };
  const act = async () => {
    counts.acts += 1;
    await random.pick([buy, look, look, session, secret, forget])(random.pick(people));
    await fleet.sweep();
  };
  return { act, buy, look, bought, secrets, counts };
};
type Shown = { id: CustomerId; orders?: { id: OrderId }[] };

/** Each call after its wait or earlier, some of them from the beginning again, while others buy, look and are forgotten. */
const rotateUnder = async (fleet: Fleet, act: () => Promise<void>): Promise<StoreKeysRotated> => {
  const { random, on } = fleet;
  let told = await fleet.rotate({ stores: storeId });
  for (let calls = 0; !told.done && calls < 100; calls += 1) {
    await act();
    await fleet.everyoneOpens();
    on.clock.advance(random.chance(0.5) ? seconds(told.waitSeconds) : random.below(minutes(4)));
    const cursor = random.chance(0.85) ? told.cursor : undefined;
    [told] = await Promise.all([fleet.rotate({ stores: storeId, cursor }), act()]);
  }
  return told;
};

/** Everything of people, by instances that have nothing but the current version. */
const withoutFormer = async (fleet: Fleet): Promise<Envelope> => {
  const key = await readStoreKey(fleet.on.table, storeId);
  const only = { ...key, versions: key.versions.filter(({ version }) => version === key.current) };
  await fleet.on.table.commit([savedStoreKey(storeId, key, only)]);
  return fleet.fresh().envelope;
};

/** A rotation that nobody disturbs. */
const rotateWhole = async (fleet: Fleet, stores: RotateStoreKeys["stores"]): Promise<number> => {
  let told = await fleet.rotate({ stores });
  let calls = 1;
  for (; !told.done; calls += 1) {
    fleet.on.clock.advance(seconds(told.waitSeconds));
    told = await fleet.rotate({ stores, cursor: told.cursor });
  }
  return calls;
};

const currentOf = async ({ on }: Fleet) => (await readStoreKey(on.table, storeId)).current;

const roundUnderLoad = async (fleet: Fleet): Promise<number> => {
  const crowd = aCrowd(fleet);
  for (const email of people) await crowd.buy(email);
  const [former] = await fleet.envelope.customersOf(storeId, people[0] ?? "");
  expect((await rotateUnder(fleet, crowd.act)).done).toBe(true);
  for (const email of people) await crowd.look(email);
  fleet.on.clock.advance(hours(1));
  await fleet.sweep();
  expect(await customerKeys(fleet.on.table, { storeId, customerIds: [former] })).toEqual([]);
  const keys = fleet.on.table.rows("people").filter(({ sk }) => sk === "key");
  expect(new Set(keys.map(({ version }) => version))).toEqual(new Set([await currentOf(fleet)]));
  for (const { purpose, sealed } of crowd.secrets)
    await fleet.fresh().seal.unsealForStore(storeId, purpose, sealed);
  const envelope = await withoutFormer(fleet);
  for (const orderId of [...crowd.bought.values()].flatMap((orders) => [...orders] as OrderId[]))
    await envelope.open({ storeId, checkoutId: checkoutIdOf(orderId) });
  return crowd.counts.acts;
};

test("a store's key is rotated under load: whoever buys, looks or is forgotten notices nothing, and nothing of theirs is left under the old one", async () => {
  const rounds = effort(50, 50);
  let acts = 0;
  for (let round = 0; round < rounds; round += 1)
    acts += await roundUnderLoad(await aFleet(seed(81) + round));
  expect(acts).toBeGreaterThan(rounds * 5);
}, 600_000);

const [ada = ""] = people;
const setOrder = (fleet: Fleet, orderId: string, status: string) =>
  fleet.on.table.commit([
    { table: "commerce", key: { pk: `${storeId}#${orderId}`, sk: "order" }, change: { set: { status } } },
  ]);

test("whoever asked to be forgotten before a rotation is forgotten after it, with the traces that it left", async () => {
  const fleet = await aFleet(1);
  const orderId = await fleet.bought(named(ada, "Ada"));
  await setOrder(fleet, orderId, "placed");
  const [id] = await fleet.envelope.customersOf(storeId, ada);
  const asked = await fleet.call("DELETE", `/customers/${id}`);
  expect(asked.body).toMatchObject({ status: "waiting", waitsFor: ["order"] });
  await rotateWhole(fleet, storeId);
  await setOrder(fleet, orderId, "confirmed");
  fleet.on.clock.advance(hours(2));
  await fleet.sweep();
  const erasure = asked.body as { id: string };
  expect((await fleet.call("GET", `/erasures/${erasure.id}`)).body).toMatchObject({ status: "done" });
  expect(fleet.on.table.rows("people")).toEqual([]);
});

test("a customer is found under an id from before two rotations for a quarter of a year, and then under the new one", async () => {
  const fleet = await aFleet(2);
  const orderId = await fleet.bought(named(ada, "Ada"));
  const [id] = await fleet.envelope.customersOf(storeId, ada);
  await rotateWhole(fleet, storeId);
  await rotateWhole(fleet, storeId);
  const shown = { orders: [{ id: orderId }] };
  expect((await fleet.call("GET", `/customers/${id}`)).body).toMatchObject(shown);
  fleet.on.clock.advance(days(91));
  expect((await fleet.call("GET", `/customers/${id}`)).statusCode).toBe(404);
  const [current] = await fleet.envelope.customersOf(storeId, ada);
  expect((await fleet.call("GET", `/customers/${current}`)).body).toMatchObject({ id: current, ...shown });
});

test("all stores' keys are rotated once a day at most; one store's whenever it is said", async () => {
  const fleet = await aFleet(3);
  fleet.on.clock.advance(days(2));
  await rotateWhole(fleet, "all");
  expect(await currentOf(fleet)).toBe(2);
  // As after Ctrl-C, when it was done already.
  await rotateWhole(fleet, "all");
  expect(await currentOf(fleet)).toBe(2);
  await rotateWhole(fleet, storeId);
  expect(await currentOf(fleet)).toBe(3);
  const records = fleet.on.table.rows("audit").map(({ action, about }) => [action, about]);
  expect(records.slice(0, 3)).toEqual([
    ["store_key.rotated", { version: "2", step: "add" }],
    ["store_key.rotated", { version: "2", step: "switch" }],
    ["store_key.rotated", { version: "2", step: "move" }],
  ]);
  const nobody = `store_${"9".repeat(26)}` as const;
  await expect(fleet.rotate({ stores: nobody })).rejects.toMatchObject({ code: "not_found" });
});

test("another KMS key takes store keys over under load, and the former one is needed no more", async () => {
  const fleet = await aFleet(4);
  const crowd = aCrowd(fleet);
  for (const email of people) await crowd.buy(email);
  await rotateWhole(fleet, storeId);
  fleet.kms.state.by = 2;
  const [told] = await Promise.all([fleet.rewrap(), crowd.act(), crowd.act(), crowd.act()]);
  expect(told).toMatchObject({ done: true, part: { stores: 1, rewrapped: 2 } });
  expect(await fleet.rewrap()).toMatchObject({ part: { rewrapped: 0 } });
  fleet.kms.state.gone = 1;
  for (let nth = 0; nth < 10; nth += 1) {
    await crowd.act();
    fleet.on.clock.advance(minutes(2));
  }
  for (const email of people) await crowd.look(email);
});
