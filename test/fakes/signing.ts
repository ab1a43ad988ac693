import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { ReadPublicKeys, Sign, Verify } from "#functions/audit/seal.ts";

/** Fast, and the same to the byte in each run: no random number goes into a signature. */
export const fakeSigning = (): { sign: Sign; verify: Verify } => {
  const mac = (bytes: Uint8Array) => createHmac("sha256", "a key of nobody").update(bytes).digest();
  return {
    sign: async (bytes) => Uint8Array.from(mac(bytes)),
    verify: (bytes, signature) => (mac(bytes).equals(signature) ? 0 : undefined),
  };
};

/** As KMS does it, with a key of its own. */
export const realSigning = (): { sign: Sign; publicKeys: ReadPublicKeys } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    sign: async (bytes) => Uint8Array.from(sign("sha256", bytes, privateKey)),
    publicKeys: async () => [publicKey.export({ format: "pem", type: "spki" }).toString()],
  };
};
