import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  type EncryptedDataKey,
  KeyringNode,
  type NodeDecryptionMaterial,
  type NodeEncryptionMaterial,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from "@aws-crypto/client-node";
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  KMSClient,
} from "@aws-sdk/client-kms";
import type { Environment } from "#functions/runtime/environment.ts";
import type { ClientOf, Platform } from "#functions/runtime/platform.ts";
import { orUnavailable } from "#functions/runtime/unavailable.ts";
import type { StoreId } from "#functions/values/id.ts";
import { createdCheckoutKey, movedCheckoutKey, wrappedCheckoutKey } from "./checkout-key.store.ts";
import { customerIdOf } from "./customer-index.ts";
import { dayMarkOf } from "./day-mark.ts";
import type { Cipher, Envelope, MovesKeys, StoreSeal, Subject } from "./envelope.ts";
import { movedCustomer } from "./moved-customer.store.ts";
import { nameMarkOf } from "./name-mark.ts";
import { type KeyRing, type KeyWrapper, type StoreKeyOf, storeKeys } from "./store-keys.ts";

/** Needs `kms:Decrypt` on the people key and read access to the tables access and people. */
export const envelopeClient: ClientOf<Envelope> = (on) =>
  sealedEnvelope({ ...on, storeKeyOf: kmsStoreKeys(on) });

/** Needs `kms:Decrypt` on the people key and read access to the table access. */
export const storeSealClient: ClientOf<StoreSeal> = (on) => storeSeal(kmsStoreKeys(on));

/** Needs `kms:GenerateDataKey` on the people key; to open `kms:Decrypt` on former ones, too, to rewrap `kms:Encrypt`. */
export const keyWrapperClient: ClientOf<KeyWrapper> = (on) => kmsKeyWrapper(on.environment);

/** Needs what `envelopeClient` does. */
export const movesKeysClient: ClientOf<MovesKeys> = (on) => movesKeys(on, kmsStoreKeys(on));

/** The envelope over any source of store keys. */
export const sealedEnvelope = (
  on: Pick<Platform, "table" | "random"> & { storeKeyOf: StoreKeyOf },
): Envelope => ({
  create: async (subject, terms) => {
    const ring = await on.storeKeyOf(subject.storeId);
    const key = on.random(32);
    const wrapped = await sealBytes(new RingKeyring(ring), key, keyContext(subject));
    const { version } = ring.current;
    return { write: createdCheckoutKey(subject, { wrapped, version }, terms), cipher: cipher(subject, key) };
  },
  open: async (subject) => {
    const { wrapped, customerId, since, isRestricted } = await wrappedCheckoutKey(on.table, subject);
    const ring = await on.storeKeyOf(subject.storeId);
    const key = await unsealBytes(new RingKeyring(ring), wrapped, keyContext(subject));
    return { ...cipher(subject, key), customerId, since, isRestricted };
  },
  customerOf: async (storeId, email) =>
    customerIdOf((await on.storeKeyOf(storeId)).current.key, storeId, email),
  customersOf: async (storeId, email) =>
    byEachKey(await on.storeKeyOf(storeId), (key) => customerIdOf(key, storeId, email)),
  dayMarkOf: async (storeId, ...of) => dayMarkOf((await on.storeKeyOf(storeId)).current.key, storeId, ...of),
});

/** By every version of a store's key, the current one first. */
const byEachKey = async <Value>(
  { current, others }: KeyRing,
  of: (key: Uint8Array) => Value,
): Promise<readonly [Value, ...Value[]]> => {
  const more = await Promise.all(others.map(({ key }) => key()));
  return [of(current.key), ...more.map(of)];
};

/** Takes a checkout's key, and whose it is, from the version of the store's key that it is under to the current one. */
export const movesKeys =
  (on: Pick<Platform, "table" | "now">, storeKeyOf: StoreKeyOf): MovesKeys =>
  async (subject, emailOf) => {
    const held = await wrappedCheckoutKey(on.table, subject);
    const ring = await storeKeyOf(subject.storeId);
    if (held.version === ring.current.version) return [];
    const key = await unsealBytes(new RingKeyring(ring), held.wrapped, keyContext(subject));
    const wrapped = await sealBytes(new RingKeyring(ring), key, keyContext(subject));
    const email = held.customerId && (await emailOf(cipher(subject, key)));
    // Whose contact nobody has any more stays where it is found.
    const to = email ? customerIdOf(ring.current.key, subject.storeId, email) : held.customerId;
    const from = held.customerId;
    return [
      movedCheckoutKey(held, { wrapped, version: ring.current.version }, to),
      ...(from && to && from !== to ? [movedCustomer(subject.storeId, { from, to }, on.now())] : []),
    ];
  };

export const storeSeal = (storeKeyOf: StoreKeyOf): StoreSeal => ({
  sealForStore: async (storeId, purpose, secret) =>
    sealBytes(new RingKeyring(await storeKeyOf(storeId)), secret, { store: storeId, purpose }),
  unsealForStore: async (storeId, purpose, sealed) =>
    unsealBytes(new RingKeyring(await storeKeyOf(storeId)), sealed, { store: storeId, purpose }),
  marksOf: async (storeId, of, name) =>
    byEachKey(await storeKeyOf(storeId), (key) => nameMarkOf(key, storeId, of, name)),
});

/** A slow KMS must fail a call, not use up the seconds that a checkout has. */
export const kmsKeyWrapper = (environment: Environment): KeyWrapper => {
  const kms = new KMSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
  const KeyId = environment.get("PEOPLE_KEY_ARN");
  const former = environment.find("FORMER_PEOPLE_KEY_ARNS")?.split(" ") ?? [];
  const open = (keys: readonly string[], storeId: StoreId, wrapped: Uint8Array): Promise<Opened> =>
    openedBy(kms, keys, { CiphertextBlob: wrapped, EncryptionContext: { storeId } });
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
    unwrap: async (storeId, wrapped) => (await open([KeyId, ...former], storeId, wrapped)).key,
    rewrap: async (storeId, wrapped) => {
      const { key, by } = await open([KeyId, ...former], storeId, wrapped);
      if (by === KeyId) return undefined;
      const command = new EncryptCommand({ KeyId, Plaintext: key, EncryptionContext: { storeId } });
      const made = await orUnavailable(() => kms.send(command), keyUnusable);
      key.fill(0);
      return present(made.CiphertextBlob);
    },
  };
};

type Opened = { readonly key: Uint8Array; readonly by: string };

/** Each key is named to KMS, so that none but ours opens anything; a former one is asked only if a newer did not wrap. */
const openedBy = async (
  kms: KMSClient,
  [by, ...more]: readonly string[],
  wrapped: { CiphertextBlob: Uint8Array; EncryptionContext: Record<string, string> },
): Promise<Opened> => {
  if (by === undefined) throw new Error("no key of ours has wrapped this");
  try {
    const command = new DecryptCommand({ KeyId: by, ...wrapped });
    const opened = await orUnavailable(() => kms.send(command), keyUnusable);
    return { key: present(opened.Plaintext), by };
  } catch (error) {
    if (error instanceof IncorrectKeyException && more.length > 0) return openedBy(kms, more, wrapped);
    throw error;
  }
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
    seal: (fieldClass, value) => sealBytes(keyring(key), jsonBytes(value), context(fieldClass)),
    unseal: async (fieldClass, sealed) =>
      JSON.parse(new TextDecoder().decode(await unsealBytes(keyring(key), sealed, context(fieldClass)))),
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
const sealBytes = async (keys: KeyringNode, plaintext: Uint8Array, context: Context): Promise<Uint8Array> => {
  const { result } = await encrypt(keys, Buffer.from(plaintext), {
    suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
    encryptionContext: context,
  });
  return new Uint8Array(result);
};

/** The context is authenticated but travels in the message, so it must be compared with the one expected. */
const unsealBytes = async (keys: KeyringNode, sealed: Uint8Array, context: Context): Promise<Uint8Array> => {
  const { plaintext, messageHeader } = await decrypt(keys, Buffer.from(sealed));
  if (!sameContext(messageHeader.encryptionContext, context))
    throw new Error("sealed for another store, checkout, class or purpose");
  return new Uint8Array(plaintext);
};

const sameContext = (left: Context, right: Context): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.entries(right).every(([name, value]) => left[name] === value);

const namespace = "agentic-checkout";

const keyring = (key: Uint8Array, keyNamespace = namespace): RawAesKeyringNode =>
  new RawAesKeyringNode({
    keyNamespace,
    keyName: "key",
    unencryptedMasterKey: new Uint8Array(key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });

const namespaceOf = (version: number): string => `${namespace}#${version}`;

/** Seals under the current version of a store's key, and opens by the one that the message names. */
class RingKeyring extends KeyringNode {
  readonly #ring: KeyRing;

  constructor(ring: KeyRing) {
    super();
    this.#ring = ring;
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const { version, key } = this.#ring.current;
    return keyring(key, namespaceOf(version)).onEncrypt(material);
  }

  async _onDecrypt(material: NodeDecryptionMaterial, sealedBy: EncryptedDataKey[]) {
    const { current, others } = this.#ring;
    const all = [{ version: current.version, key: async () => current.key }, ...others];
    const named = all.find(({ version }) => sealedBy[0]?.providerId === namespaceOf(version));
    // Unchanged, it opens nothing.
    return named
      ? keyring(await named.key(), namespaceOf(named.version)).onDecrypt(material, sealedBy)
      : material;
  }
}
