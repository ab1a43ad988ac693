import { createHash, randomBytes } from "node:crypto";
import { createdCheckoutKey, wrappedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { customerIdOf } from "#functions/privacy/customer-index.ts";
import { dayMarkOf } from "#functions/privacy/day-mark.ts";
import type { Cipher, Envelope, StoreSeal, Subject } from "#functions/privacy/envelope.ts";
import { nameMarkOf } from "#functions/privacy/name-mark.ts";
import type { KeyRing, KeyWrapper } from "#functions/privacy/store-keys.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { CustomerId, RandomBytes, StoreId } from "#functions/values/id.ts";

export type FakeEnvelope = Envelope & {
  /** How often each act happened. */
  readonly counts: { created: number; opened: number; sealed: number; unsealed: number };
};

/**
 * Stands in for the Encryption SDK: the same rows and the same refusals, no cryptography, but nothing readable in
 * what it seals either, so that a search for canaries in a table means something.
 */
export const fakeEnvelope = (
  table: Pick<Table, "get">,
  random: RandomBytes = (count) => new Uint8Array(randomBytes(count)),
): FakeEnvelope => {
  const counts = { created: 0, opened: 0, sealed: 0, unsealed: 0 };
  return {
    counts,
    create: async (subject, terms) => {
      counts.created += 1;
      const key = random(16);
      return {
        write: createdCheckoutKey(subject, { wrapped: key, version: 1 }, terms),
        cipher: fakeCipher(subject, key, counts),
      };
    },
    open: async (subject) => {
      counts.opened += 1;
      const { wrapped, customerId, since, isRestricted } = await wrappedCheckoutKey(table, subject);
      return { ...fakeCipher(subject, wrapped, counts), customerId, since, isRestricted };
    },
    customerOf: async (storeId, email) => fakeCustomerOf(storeId, email),
    customersOf: async (storeId, email) => [fakeCustomerOf(storeId, email)],
    dayMarkOf: async (storeId, ...of) =>
      dayMarkOf(createHash("sha256").update(storeId).digest(), storeId, ...of),
  };
};

/** Seals for stores without a key: bound to store and purpose as the real one is. */
export const fakeStoreSeal = (): StoreSeal => ({
  sealForStore: async (storeId, purpose, secret) => scramble([storeId, purpose], hex(secret)),
  unsealForStore: async (storeId, purpose, sealed) =>
    new Uint8Array(Buffer.from(String(unscramble([storeId, purpose], sealed)), "hex")),
  marksOf: async (storeId, ...of) => [
    nameMarkOf(createHash("sha256").update(storeId).digest(), storeId, ...of),
  ],
});

const fakeCustomerOf = (storeId: StoreId, email: string): CustomerId =>
  customerIdOf(createHash("sha256").update(storeId).digest(), storeId, email);

/** Wraps nothing. */
export const fakeKeyWrapper: KeyWrapper = {
  generate: async (storeId) => scramble(["store-key"], storeId),
  unwrap: async (_, wrapped) => wrapped,
  rewrap: async () => undefined,
};

/** A store's key that was never rotated. */
export const aRing = (key: Uint8Array): KeyRing => ({ current: { version: 1, key }, others: [] });

const fakeCipher = (subject: Subject, key: Uint8Array, counts: FakeEnvelope["counts"]): Cipher => {
  const binding = [subject.storeId, subject.checkoutId, hex(key)];
  return {
    seal: async (fieldClass, value) => {
      counts.sealed += 1;
      return scramble([...binding, fieldClass], value);
    },
    unseal: async (fieldClass, sealed) => {
      counts.unsealed += 1;
      return unscramble([...binding, fieldClass], sealed);
    },
  };
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xa5);

const scramble = (binding: readonly string[], value: unknown): Uint8Array =>
  flip(new TextEncoder().encode(JSON.stringify({ binding, value })));

const unscramble = (binding: readonly string[], sealed: Uint8Array): unknown => {
  const opened = JSON.parse(new TextDecoder().decode(flip(sealed)));
  if (JSON.stringify(opened.binding) !== JSON.stringify(binding))
    throw new Error("sealed for another store, checkout, class or key");
  return opened.value;
};
