import { checkoutKeyRow } from "#functions/privacy/checkout-key.store.ts";
import { sealedEnvelope, storeSeal } from "#functions/privacy/envelope.client.ts";
import type { Cipher } from "#functions/privacy/envelope.ts";
import type { KeyRing } from "#functions/privacy/store-keys.ts";
import type { Row } from "#functions/runtime/table.ts";
import type { StoreId } from "#functions/values/id.ts";
import { aRing, fakeEnvelope, fakeKeyWrapper, fakeStoreSeal } from "../../fakes/envelope.ts";
import type { Sealing, Services } from "./services.ts";

/** The counting cipher, behind the same store key: KMS and its failures are the same as with the real one. */
export const countingSealing: Services["sealing"] = ({ table, random, storeKeyOf }): Sealing => {
  const envelope = fakeEnvelope(table, random);
  const seal = fakeStoreSeal();
  return {
    keyWrapper: fakeKeyWrapper,
    envelope: {
      create: async (subject, terms) => {
        await storeKeyOf(subject.storeId);
        return envelope.create(subject, terms);
      },
      open: async (subject) => {
        const cipher = await envelope.open(subject);
        await storeKeyOf(subject.storeId);
        return cipher;
      },
      customerOf: async (storeId, email) => {
        await storeKeyOf(storeId);
        return envelope.customerOf(storeId, email);
      },
      dayMarkOf: async (storeId, ...of) => {
        await storeKeyOf(storeId);
        return envelope.dayMarkOf(storeId, ...of);
      },
      customersOf: async (storeId, email) => {
        await storeKeyOf(storeId);
        return envelope.customersOf(storeId, email);
      },
    },
    seal: {
      sealForStore: async (storeId, purpose, secret) => {
        await storeKeyOf(storeId);
        return seal.sealForStore(storeId, purpose, secret);
      },
      unsealForStore: async (storeId, purpose, sealed) => {
        await storeKeyOf(storeId);
        return seal.unsealForStore(storeId, purpose, sealed);
      },
      marksOf: async (storeId, ...of) => {
        await storeKeyOf(storeId);
        return seal.marksOf(storeId, ...of);
      },
    },
  };
};

/** Counts what runs on threads of its own, so that a step can wait for it. */
export type Work = { underWay: number };

/**
 * The real Encryption SDK. What it reads is read before, as a process reads it; then it computes, on threads that
 * finish when they like: one after the other, and each step waits until none is at work.
 */
export const realSealing =
  (work: Work): Services["sealing"] =>
  ({ table, random, storeKeyOf }) => {
    const inTurn = turns(work);
    const computed = (cipher: Cipher): Cipher => ({
      seal: (fieldClass, value) => inTurn(() => cipher.seal(fieldClass, value)),
      unseal: (fieldClass, sealed) => inTurn(() => cipher.unseal(fieldClass, sealed)),
    });
    const over = (ring: KeyRing, row?: Row) =>
      sealedEnvelope({ table: { ...table, get: async () => row }, random, storeKeyOf: async () => ring });
    const seal = async (storeId: StoreId) => {
      const key = await storeKeyOf(storeId);
      return storeSeal(async () => key);
    };
    return {
      keyWrapper: fakeKeyWrapper,
      envelope: {
        create: async (subject, terms) => {
          const key = await storeKeyOf(subject.storeId);
          const { write, cipher } = await inTurn(() => over(key).create(subject, terms));
          return { write, cipher: computed(cipher) };
        },
        open: async (subject) => {
          const row = await table.get("people", checkoutKeyRow(subject));
          if (!row) return over(aRing(new Uint8Array())).open(subject);
          const key = await storeKeyOf(subject.storeId);
          const cipher = await inTurn(() => over(key, row).open(subject));
          return { ...cipher, ...computed(cipher) };
        },
        customerOf: async (storeId, email) => over(await storeKeyOf(storeId)).customerOf(storeId, email),
        dayMarkOf: async (storeId, ...of) => over(await storeKeyOf(storeId)).dayMarkOf(storeId, ...of),
        customersOf: async (storeId, email) => over(await storeKeyOf(storeId)).customersOf(storeId, email),
      },
      seal: {
        sealForStore: async (storeId, purpose, secret) => {
          const sealer = await seal(storeId);
          return inTurn(() => sealer.sealForStore(storeId, purpose, secret));
        },
        unsealForStore: async (storeId, purpose, sealed) => {
          const sealer = await seal(storeId);
          return inTurn(() => sealer.unsealForStore(storeId, purpose, sealed));
        },
        marksOf: async (storeId, ...of) => (await seal(storeId)).marksOf(storeId, ...of),
      },
    };
  };

const turns = (work: Work) => {
  let last: Promise<unknown> = Promise.resolve();
  return <Value>(run: () => Promise<Value>): Promise<Value> => {
    work.underWay += 1;
    const mine = last.then(run, run).finally(() => {
      work.underWay -= 1;
    });
    last = mine.catch(() => undefined);
    return mine;
  };
};
