import { createHash } from "node:crypto";
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from "@aws-crypto/client-node";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkoutKeyRow, destroyedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { sealedEnvelope, storeSeal } from "#functions/privacy/envelope.client.ts";
import { type FieldClass, fieldClasses, KeyDestroyed } from "#functions/privacy/envelope.ts";
import { createdStoreKey, storeKeyRow } from "#functions/privacy/store-key.store.ts";
import { firstStoreKey } from "#functions/privacy/store-key.ts";
import { type StoreKeyOf, storeKeys } from "#functions/privacy/store-keys.ts";
import { minutes } from "#functions/values/clock.ts";
import { newId, type StoreId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { someTerms } from "#test/examples.ts";
import { fakeEnvelope, fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { fakeKms } from "./kms.ts";

const house = () => {
  const on = memoryPlatform();
  const kms = fakeKms();
  const storeKeyOf = storeKeys({ table: on.table, wrapper: kms, now: on.now });
  const aSubject = async () => {
    const storeId = newId("store", on.random);
    await on.table.commit([createdStoreKey(storeId, firstStoreKey(await kms.generate(storeId), on.now()))]);
    return { storeId, checkoutId: newId("chk", on.random) };
  };
  return { on, kms, storeKeyOf, aSubject };
};

const real = () => {
  const { on, kms, storeKeyOf, aSubject } = house();
  return { on, kms, aSubject, envelope: sealedEnvelope({ ...on, storeKeyOf }), seal: storeSeal(storeKeyOf) };
};

const fake = () => {
  const { on, kms, aSubject } = house();
  return { on, kms, aSubject, envelope: fakeEnvelope(on.table), seal: fakeStoreSeal() };
};

const begun = async ({ on, envelope, aSubject }: ReturnType<typeof real>) => {
  const subject = await aSubject();
  const { write, cipher } = await envelope.create(subject, someTerms());
  await on.table.commit([write]);
  return { subject, cipher };
};

/** `ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY` in a header of version 2: a message fits one key and no other. */
test("real: a message commits to its key", async () => {
  const { cipher } = await begun(real());
  const sealed = await cipher.seal("contact", "hers");
  expect([...sealed.slice(0, 3)]).toEqual([2, 0x04, 0x78]);
});

/** As our own messages are made, but by any suite: under the store's key, in the right context. */
const sealedBy = async (
  { storeKeyOf, storeId }: { storeKeyOf: StoreKeyOf; storeId: StoreId },
  { policy, suiteId }: { policy: CommitmentPolicy; suiteId: AlgorithmSuiteIdentifier },
) => {
  const { version, key } = (await storeKeyOf(storeId)).current;
  const keyring = new RawAesKeyringNode({
    keyNamespace: `agentic-checkout#${version}`,
    keyName: "key",
    unencryptedMasterKey: new Uint8Array(key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
  const encryptionContext = { store: storeId, purpose: "webhook-endpoint#we_1" };
  const { encrypt } = buildClient(policy);
  return (await encrypt(keyring, Buffer.from("hers"), { suiteId, encryptionContext })).result;
};

test("real: a message whose suite does not commit to its key is refused, though all else of it is right", async () => {
  const { storeKeyOf, aSubject } = house();
  const { storeId } = await aSubject();
  const opened = (sealed: Uint8Array) =>
    storeSeal(storeKeyOf).unsealForStore(storeId, "webhook-endpoint#we_1", sealed);
  const ours = await sealedBy(
    { storeKeyOf, storeId },
    {
      policy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
      suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
    },
  );
  expect(Buffer.from(await opened(ours)).toString()).toBe("hers");
  const former = await sealedBy(
    { storeKeyOf, storeId },
    {
      policy: CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT,
      suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256,
    },
  );
  expect([...former.slice(0, 4)]).toEqual([1, 0x80, 0x01, 0x78]);
  await expect(opened(former)).rejects.toThrow(/commitment/i);
});

for (const [name, setting] of Object.entries({ real, fake })) {
  test(`${name}: what was sealed is read back by whoever opens the checkout later`, async () => {
    const here = setting();
    const { subject, cipher } = await begun(here);
    const value = { buyer: { email: "Zoë@example.com" }, lines: [1, null, "…"] };
    const sealed = await cipher.seal("contact", value);
    const later = await here.envelope.open(subject);
    expect(await later.unseal("contact", sealed)).toEqual(value);
    expect(await cipher.unseal("contact", sealed)).toEqual(value);
  });

  test(`${name}: nothing readable is left in a message or a key row`, async () => {
    const here = setting();
    const { cipher } = await begun(here);
    const sealed = await cipher.seal("notes", "canary-4711");
    const stored = JSON.stringify(here.on.table.rows("people")) + Buffer.from(sealed).toString("latin1");
    expect(stored).not.toContain("canary-4711");
  });

  test(`${name}: refuses a message under another class`, async () => {
    const { cipher } = await begun(setting());
    const sealed = await cipher.seal("payment_token", "spt_1");
    for (const other of fieldClasses.filter((each) => each !== "payment_token"))
      await expect(cipher.unseal(other, sealed)).rejects.toThrow();
  });

  test(`${name}: refuses a message of another checkout and of another store`, async () => {
    const here = setting();
    const { subject, cipher } = await begun(here);
    const sealed = await cipher.seal("contact", "hers");
    const other = await begun(here);
    await expect(other.cipher.unseal("contact", sealed)).rejects.toThrow();
    const foreign = await here.aSubject();
    const moved = { storeId: foreign.storeId, checkoutId: subject.checkoutId };
    const row = await here.on.table.get("people", checkoutKeyRow(subject));
    const put = { ...row };
    await here.on.table.commit([{ table: "people", key: checkoutKeyRow(moved), change: { put } }]);
    await expect(here.envelope.open(moved).then((it) => it.unseal("contact", sealed))).rejects.toThrow();
  });

  test(`${name}: an erased checkout opens no more, under a fresh key neither`, async () => {
    const here = setting();
    const { subject, cipher } = await begun(here);
    const sealed = await cipher.seal("contact", "hers");
    await here.on.table.commit([destroyedCheckoutKey(subject)]);
    await expect(here.envelope.open(subject)).rejects.toThrow(KeyDestroyed);
    const { write, cipher: fresh } = await here.envelope.create(subject, someTerms());
    await here.on.table.commit([write]);
    await expect(fresh.unseal("contact", sealed)).rejects.toThrow();
  });

  test(`${name}: a checkout's key is never replaced`, async () => {
    const here = setting();
    const { subject } = await begun(here);
    const again = await here.envelope.create(subject, someTerms());
    await expect(here.on.table.commit([again.write])).rejects.toThrow("condition failed");
  });

  test(`${name}: a store's secret opens for its store and purpose only`, async () => {
    const { seal, aSubject } = setting();
    const { storeId } = await aSubject();
    const { storeId: other } = await aSubject();
    const secret = new Uint8Array([0, 255, 7]);
    const sealed = await seal.sealForStore(storeId, "webhook-endpoint#we_1", secret);
    expect(await seal.unsealForStore(storeId, "webhook-endpoint#we_1", sealed)).toEqual(secret);
    await expect(seal.unsealForStore(storeId, "webhook-endpoint#we_2", sealed)).rejects.toThrow();
    await expect(seal.unsealForStore(other, "webhook-endpoint#we_1", sealed)).rejects.toThrow();
  });
}

for (const [name, setting] of Object.entries({ real, fake }))
  test(`${name}: a name has one mark in its store and for what it is of, and none in common with another`, async () => {
    const { seal, aSubject } = setting();
    const [{ storeId }, other] = [await aSubject(), await aSubject()];
    const mark = async (...asked: Parameters<typeof seal.marksOf>) =>
      Buffer.from((await seal.marksOf(...asked))[0]).toString("hex");
    expect(await mark(storeId, "principal", "Ada")).toBe(await mark(storeId, "principal", "Ada"));
    const marks = [
      await mark(storeId, "principal", "Ada"),
      await mark(storeId, "principal", "Bob"),
      await mark(storeId, "endpoint", "Ada"),
      await mark(other.storeId, "principal", "Ada"),
      createHash("sha256").update("Ada").digest("hex"),
    ];
    expect(new Set(marks).size).toBe(marks.length);
  });

test("real: a name keeps its former marks while the store's key has new versions", async () => {
  const { storeKeyOf, aSubject } = house();
  const { storeId } = await aSubject();
  const before = await storeSeal(storeKeyOf).marksOf(storeId, "principal", "Ada");
  const { current } = await storeKeyOf(storeId);
  const rotated: StoreKeyOf = async () => ({
    current: { version: 2, key: new Uint8Array(32) },
    others: [{ version: 1, key: async () => current.key }],
  });
  const [now, ...former] = await storeSeal(rotated).marksOf(storeId, "principal", "Ada");
  expect(former).toEqual([...before]);
  expect(now).not.toEqual(before[0]);
});

test("any change to a message is refused", async () => {
  const { cipher } = await begun(real());
  const sealed = await cipher.seal("contact", { email: "a@example.com" });
  const flips = fc.tuple(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(flips, async ([at, mask]) => {
      const changed = sealed.map((byte, index) => (index === at ? byte ^ mask : byte));
      await expect(cipher.unseal("contact", changed)).rejects.toThrow();
    }),
    { numRuns: effort(5_000), seed: seed(11) },
  );
});

test("any JSON is read back as it was, in any class", async () => {
  const { cipher } = await begun(real());
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.constantFrom<FieldClass>(...fieldClasses),
      async (value, fieldClass) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(await cipher.unseal(fieldClass, await cipher.seal(fieldClass, value))).toEqual(plain);
      },
    ),
    { numRuns: effort(5_000), seed: seed(12) },
  );
});

test("asks KMS once per store and five minutes, however many checkouts meet", async () => {
  const { on, kms, envelope, aSubject } = real();
  const { storeId } = await aSubject();
  const create = () => envelope.create({ storeId, checkoutId: newId("chk", on.random) }, someTerms());
  await Promise.all(Array.from({ length: 20 }, create));
  on.clock.advance(minutes(5) - 1);
  await create();
  expect(kms.state.unwrapped).toBe(1);
  on.clock.advance(1);
  await create();
  expect(kms.state.unwrapped).toBe(2);
});

test("seals nothing while KMS is down, and recovers with it", async () => {
  const { kms, envelope, aSubject } = real();
  const subject = await aSubject();
  kms.state.down = true;
  await expect(envelope.create(subject, someTerms())).rejects.toThrow("KMS is down");
  kms.state.down = false;
  await expect(envelope.create(subject, someTerms())).resolves.toBeDefined();
});

test("a store key that was copied to another store opens nothing", async () => {
  const { on, envelope, aSubject } = real();
  const [mine, theirs] = [await aSubject(), await aSubject()];
  const row = await on.table.get("access", storeKeyRow(theirs.storeId));
  const put = { ...row };
  await on.table.commit([{ table: "access", key: storeKeyRow(mine.storeId), change: { put } }]);
  await expect(envelope.create(mine, someTerms())).rejects.toThrow("InvalidCiphertext");
});

test("the fake counts what was asked of it", async () => {
  const { on, aSubject } = house();
  const envelope = fakeEnvelope(on.table);
  const { write, cipher } = await envelope.create(await aSubject(), someTerms());
  await on.table.commit([write]);
  await cipher.unseal("notes", await cipher.seal("notes", "x"));
  expect(envelope.counts).toEqual({ created: 1, opened: 0, sealed: 1, unsealed: 1 });
});
