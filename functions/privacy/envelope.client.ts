import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from "@aws-crypto/client-node";
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import type { Environment } from "#functions/runtime/environment.ts";
import type { ClientOf, Platform } from "#functions/runtime/platform.ts";
import { orUnavailable } from "#functions/runtime/unavailable.ts";
import { createdCheckoutKey, wrappedCheckoutKey } from "./checkout-key.store.ts";
import { customerIdOf } from "./customer-index.ts";
import { dayMarkOf } from "./day-mark.ts";
import type { Cipher, Envelope, NewStoreKey, StoreSeal, Subject } from "./envelope.ts";
import { type KeyWrapper, type StoreKeyOf, storeKeys } from "./store-keys.ts";

/** Needs `kms:Decrypt` on the people key and read access to the tables access and people. */
export const envelopeClient: ClientOf<Envelope> = (on) =>
  sealedEnvelope({ ...on, storeKeyOf: kmsStoreKeys(on) });

/** Needs `kms:Decrypt` on the people key and read access to the table access. */
export const storeSealClient: ClientOf<StoreSeal> = (on) => storeSeal(kmsStoreKeys(on));

/** Needs `kms:GenerateDataKey` on the people key. */
export const newStoreKeyClient: ClientOf<NewStoreKey> = (on) => kmsKeyWrapper(on.environment).generate;

/** The envelope over any source of store keys. */
export const sealedEnvelope = (
  on: Pick<Platform, "table" | "random"> & { storeKeyOf: StoreKeyOf },
): Envelope => ({
  create: async (subject, terms) => {
    const storeKey = await on.storeKeyOf(subject.storeId);
    const key = on.random(32);
    const wrapped = await sealBytes(storeKey, key, keyContext(subject));
    return { write: createdCheckoutKey(subject, wrapped, terms), cipher: cipher(subject, key) };
  },
  open: async (subject) => {
    const { wrapped, customerId, since, isRestricted } = await wrappedCheckoutKey(on.table, subject);
    const storeKey = await on.storeKeyOf(subject.storeId);
    const key = await unsealBytes(storeKey, wrapped, keyContext(subject));
    return { ...cipher(subject, key), customerId, since, isRestricted };
  },
  customerOf: async (storeId, email) => customerIdOf(await on.storeKeyOf(storeId), storeId, email),
  dayMarkOf: async (storeId, ...of) => dayMarkOf(await on.storeKeyOf(storeId), storeId, ...of),
});

export const storeSeal = (storeKeyOf: StoreKeyOf): StoreSeal => ({
  sealForStore: async (storeId, purpose, secret) =>
    sealBytes(await storeKeyOf(storeId), secret, { store: storeId, purpose }),
  unsealForStore: async (storeId, purpose, sealed) =>
    unsealBytes(await storeKeyOf(storeId), sealed, { store: storeId, purpose }),
});

/** A slow KMS must fail a call, not use up the seconds that a checkout has. */
export const kmsKeyWrapper = (environment: Environment): KeyWrapper => {
  const kms = new KMSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
  const KeyId = environment.get("PEOPLE_KEY_ARN");
  return {
    generate: async (storeId) => {
      const EncryptionContext = { storeId };
      const made = await orUnavailable(
        () => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext })),
        keyUnusable,
      );
      made.Plaintext?.fill(0);
      return present(made.CiphertextBlob);
    },
    unwrap: async (storeId, wrapped) => {
      const EncryptionContext = { storeId };
      const opened = await orUnavailable(
        () => kms.send(new DecryptCommand({ KeyId, CiphertextBlob: wrapped, EncryptionContext })),
        keyUnusable,
      );
      return present(opened.Plaintext);
    },
  };
};

/** Throttled, or a key that somebody disabled or wants deleted: it may be usable again. */
const keyUnusable = new Set([
  "ThrottlingException",
  "LimitExceededException",
  "DisabledException",
  "KMSInvalidStateException",
]);

const kmsStoreKeys = (on: Platform): StoreKeyOf =>
  storeKeys({ table: on.table, now: on.now, wrapper: kmsKeyWrapper(on.environment) });

const present = (bytes: Uint8Array | undefined): Uint8Array => {
  if (!bytes) throw new Error("KMS answered without a key");
  return bytes;
};

const cipher = ({ storeId, checkoutId }: Subject, key: Uint8Array): Cipher => {
  const context = (fieldClass: string) => ({ store: storeId, checkout: checkoutId, class: fieldClass });
  return {
    seal: (fieldClass, value) => sealBytes(key, jsonBytes(value), context(fieldClass)),
    unseal: async (fieldClass, sealed) =>
      JSON.parse(new TextDecoder().decode(await unsealBytes(key, sealed, context(fieldClass)))),
  };
};

const jsonBytes = (value: unknown): Uint8Array => {
  if (value === undefined) throw new Error("there is nothing to seal");
  return new TextEncoder().encode(JSON.stringify(value));
};

/** Under a store key `purpose` names what is sealed, under a checkout key `class` does: no context means two things. */
const keyContext = ({ storeId, checkoutId }: Subject) => ({
  store: storeId,
  checkout: checkoutId,
  purpose: "checkout-key",
});

type Context = Readonly<Record<string, string>>;

const { encrypt, decrypt } = buildClient({
  commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  maxEncryptedDataKeys: 1,
});

/** No signature: who may write a row may seal anyway, and ECDSA costs 3 ms and 400 bytes a message. */
const sealBytes = async (key: Uint8Array, plaintext: Uint8Array, context: Context): Promise<Uint8Array> => {
  const { result } = await encrypt(keyring(key), Buffer.from(plaintext), {
    suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
    encryptionContext: context,
  });
  return new Uint8Array(result);
};

/** The context is authenticated but travels in the message, so it must be compared with the one expected. */
const unsealBytes = async (key: Uint8Array, sealed: Uint8Array, context: Context): Promise<Uint8Array> => {
  const { plaintext, messageHeader } = await decrypt(keyring(key), Buffer.from(sealed));
  if (!sameContext(messageHeader.encryptionContext, context))
    throw new Error("sealed for another store, checkout, class or purpose");
  return new Uint8Array(plaintext);
};

const sameContext = (left: Context, right: Context): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.entries(right).every(([name, value]) => left[name] === value);

const keyring = (key: Uint8Array): RawAesKeyringNode =>
  new RawAesKeyringNode({
    keyNamespace: "agentic-checkout",
    keyName: "key",
    unencryptedMasterKey: new Uint8Array(key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
