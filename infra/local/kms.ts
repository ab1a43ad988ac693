import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  AwsError,
  type Call,
  type JsonObject,
  NotEmbedded,
  type PolicyContext,
  type Principal,
  type Service,
} from "./aws.ts";
import type { Kept } from "./kept.ts";
import { allows, type PolicyDocument, statementsOf } from "./policy.ts";
import { publicKeyOf, signedBy } from "./signing-key.ts";
import type { Assembly } from "./template.ts";

/** Throws unless the principal may use the key: by the key's own policy or by its role. */
export type KeyUse = (principal: Principal, action: string, keyArn: string, context: PolicyContext) => void;

type Key = {
  readonly id: string;
  readonly arn: string;
  readonly spec: string;
  readonly secret: Buffer;
  readonly policy: PolicyDocument;
};
type KeyProperties = { readonly KeySpec?: string; readonly KeyPolicy: PolicyDocument };
type AliasProperties = { readonly AliasName: string; readonly TargetKeyId: string };

export const startKms = (assembly: Assembly, kept: Kept): { service: Service; keyUse: KeyUse } => {
  const keys = keysOf(assembly, kept);
  const find = (id: unknown): Key => {
    const found = keys.get(String(id));
    if (!found) throw new AwsError("NotFoundException", `Key '${String(id)}' does not exist`);
    return found;
  };
  const keyUse: KeyUse = (principal, action, keyArn, context) => {
    const asked = { action, resource: keyArn, context: { "kms:CallerAccount": "000000000000", ...context } };
    const open = statementsOf(find(keyArn).policy).filter((each) => isAnyone(each.Principal));
    if (!allows(open, asked)) principal.may(action, keyArn, asked.context);
  };
  const service: Service = async (call) => {
    const operation = operations[call.action];
    if (!operation) throw new NotEmbedded(`kms ${call.action}`);
    return operation({
      body: call.body,
      find,
      use: (key, action = call.action) =>
        keyUse(call.principal, `kms:${action}`, key.arn, contextOf(call.body)),
    });
  };
  return { service, keyUse };
};

type Operate = {
  readonly body: JsonObject;
  readonly find: (id: unknown) => Key;
  readonly use: (key: Key, action?: string) => void;
};

const operations: Readonly<Record<string, (on: Operate) => JsonObject>> = {
  Encrypt: (on) => {
    const key = usable(on);
    const plaintext = bytes(on.body["Plaintext"]);
    if (plaintext.length > 4096)
      throw new AwsError("ValidationException", "Plaintext is longer than 4096 bytes");
    return { ...named(key), CiphertextBlob: seal(key, plaintext, on.body["EncryptionContext"]) };
  },
  Decrypt: (on) => {
    const { key, plaintext } = opened(on);
    on.use(key);
    return { ...named(key), Plaintext: plaintext.toString("base64") };
  },
  GenerateDataKey: (on) => dataKey(on),
  GenerateDataKeyWithoutPlaintext: (on) => {
    const { Plaintext: _, ...rest } = dataKey(on);
    return rest;
  },
  ReEncrypt: (on) => {
    const { key: source, plaintext } = opened({ ...on, body: sourceOf(on.body) });
    on.use(source, "ReEncryptFrom");
    const key = on.find(on.body["DestinationKeyId"]);
    on.use(key, "ReEncryptTo");
    const sealed = seal(key, plaintext, on.body["DestinationEncryptionContext"]);
    return { KeyId: key.arn, SourceKeyId: source.arn, CiphertextBlob: sealed };
  },
  GenerateMac: (on) => ({ ...mac(on), Mac: mac(on).Mac.toString("base64") }),
  VerifyMac: (on) => {
    const { Mac: expected, ...rest } = mac(on);
    const given = bytes(on.body["Mac"]);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new AwsError("KMSInvalidMacException", "");
    return { ...rest, MacValid: true };
  },
  Sign: (on) => signedBy(usable(on), on.body),
  GetPublicKey: (on) => publicKeyOf(usable(on)),
  DescribeKey: (on) => {
    const key = usable(on);
    return { KeyMetadata: { KeyId: key.id, Arn: key.arn, Enabled: true, KeySpec: key.spec } };
  },
};

const usable = (on: Operate): Key => {
  const key = on.find(on.body["KeyId"]);
  on.use(key);
  return key;
};

const dataKey = (on: Operate) => {
  const key = usable(on);
  const plaintext = randomBytes(
    Number(on.body["NumberOfBytes"] ?? (on.body["KeySpec"] === "AES_128" ? 16 : 32)),
  );
  const sealed = seal(key, plaintext, on.body["EncryptionContext"]);
  return { KeyId: key.arn, CiphertextBlob: sealed, Plaintext: plaintext.toString("base64") };
};

const mac = (on: Operate) => {
  const key = usable(on);
  if (!key.spec.startsWith("HMAC_"))
    throw new AwsError("InvalidKeyUsageException", `${key.arn} makes no MACs`);
  const algorithm = `sha${key.spec.slice("HMAC_".length)}`;
  const value = createHmac(algorithm, key.secret).update(bytes(on.body["Message"])).digest();
  return { KeyId: key.arn, MacAlgorithm: String(on.body["MacAlgorithm"]), Mac: value };
};

/** Key id, nonce, tag, then AES-256-GCM under the key with the encryption context as additional data. */
const seal = (key: Key, plaintext: Buffer, context: unknown): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.secret, nonce).setAAD(canonical(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id), nonce, cipher.getAuthTag(), body]).toString("base64");
};

const opened = (on: Operate): { key: Key; plaintext: Buffer } => {
  const blob = bytes(on.body["CiphertextBlob"]);
  const id = blob.subarray(0, 36).toString();
  const wanted = on.body["KeyId"] === undefined ? undefined : on.find(on.body["KeyId"]);
  if (wanted && wanted.id !== id)
    throw new AwsError(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can decrypt",
    );
  try {
    const key = on.find(id);
    const decipher = createDecipheriv("aes-256-gcm", key.secret, blob.subarray(36, 48));
    decipher.setAAD(canonical(on.body["EncryptionContext"])).setAuthTag(blob.subarray(48, 64));
    return { key, plaintext: Buffer.concat([decipher.update(blob.subarray(64)), decipher.final()]) };
  } catch {
    throw new AwsError("InvalidCiphertextException", "");
  }
};

const sourceOf = (body: JsonObject): JsonObject => ({
  CiphertextBlob: body["CiphertextBlob"] ?? "",
  EncryptionContext: body["SourceEncryptionContext"] ?? {},
  ...(body["SourceKeyId"] === undefined ? {} : { KeyId: body["SourceKeyId"] }),
});

const canonical = (context: unknown): Buffer =>
  Buffer.from(JSON.stringify(Object.entries((context ?? {}) as JsonObject).sort()));

const bytes = (base64: unknown): Buffer => Buffer.from(String(base64 ?? ""), "base64");

const named = (key: Key) => ({ KeyId: key.arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });

const contextOf = (body: Call["body"]): PolicyContext => {
  const context = (body["EncryptionContext"] ?? {}) as Readonly<Record<string, string>>;
  const pairs = Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]);
  return { "kms:EncryptionContextKeys": Object.keys(context), ...Object.fromEntries(pairs) };
};

const isAnyone = (principal: unknown): boolean =>
  principal === "*" || (principal as { AWS?: unknown } | undefined)?.AWS === "*";

/** By id, ARN and alias. A key's secret is made at its first start and kept. */
const keysOf = (assembly: Assembly, kept: Kept): ReadonlyMap<string, Key> => {
  const keys = new Map<string, Key>();
  for (const resource of assembly.ofType("AWS::KMS::Key")) {
    const { KeySpec: spec = "SYMMETRIC_DEFAULT", KeyPolicy: policy } =
      assembly.properties<KeyProperties>(resource);
    const id = assembly.ref(resource);
    const secret = kept.get(id) ?? randomBytes(32).toString("base64");
    kept.set(id, secret);
    const key = { id, arn: assembly.attribute(resource, "Arn"), spec, policy, secret: bytes(secret) };
    keys.set(id, key).set(key.arn, key);
  }
  for (const alias of assembly.ofType("AWS::KMS::Alias")) {
    const { AliasName, TargetKeyId } = assembly.properties<AliasProperties>(alias);
    const key = keys.get(TargetKeyId);
    if (key) keys.set(AliasName, key).set(key.arn.replace(/key\/.*/, AliasName), key);
  }
  return keys;
};
