import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import type { Row } from "#functions/runtime/table.ts";
import { Instant } from "#functions/values/clock.ts";
import { Chain } from "./audit.ts";

const Digest = z.string().regex(/^[\da-f]{64}$/);

/** What stands before the first seal. */
export const beforeAll = "0".repeat(64);

/**
 * One link of a chain: the records that it takes in, in this order, and the link before it. Its number, not a clock,
 * says where it stands. Nothing else may be in its row.
 */
export const Seal = z.strictObject({
  chain: Chain,
  number: z.int().positive(),
  previous: Digest,
  at: Instant,
  /** SHA-256 of each record's canonical JSON, by its sort key. */
  records: z.array(z.strictObject({ sk: z.string(), digest: Digest })).min(1),
  signature: z.instanceof(Uint8Array) as z.ZodType<Uint8Array>,
});
export type Seal = z.infer<typeof Seal>;
export type Unsigned = Omit<Seal, "signature">;

/** Where a chain ends: whoever cuts its last seals off must also change this. */
export const Head = z.strictObject({ number: z.int().positive(), hash: Digest });
export type Head = z.infer<typeof Head>;

/** Of all that lies in the row: an attribute more or less is another record. */
export const digestOf = (record: Row): string => sha256(canonicalJson(record));

/** What the signature is over: the digest of all but the signature, as KMS takes 4,096 bytes at most. */
export const signedBytes = ({ chain, number, previous, at, records }: Unsigned): Uint8Array =>
  Buffer.from(sha256(canonicalJson({ chain, number, previous, at, records })), "hex");

/** What the next seal names as its `previous`: over the signature, too. */
export const hashOf = (seal: Seal): string => sha256(Buffer.concat([signedBytes(seal), seal.signature]));

/** Signs with a key that nobody but the sealer may use, and that leaves its vault never. */
export type Sign = (bytes: Uint8Array) => Promise<Uint8Array>;
/** Which key has signed, the current one being 0; `undefined`: none of ours. */
export type Verify = (bytes: Uint8Array, signature: Uint8Array) => number | undefined;
/** SPKI, PEM. */
export type PublicKey = string;
/** The one that signs and those that did before it, newest first. */
export type ReadPublicKeys = () => Promise<readonly PublicKey[]>;

/** ECDSA with SHA-256, as KMS signs: whoever has the public key and an export can do the same. */
export const verifierOf = (publicKeys: readonly PublicKey[]): Verify => {
  const keys = publicKeys.map((each) => createPublicKey(each));
  return (bytes, signature) => {
    const nth = keys.findIndex((key) => verify("sha256", bytes, key, signature));
    return nth < 0 ? undefined : nth;
  };
};
