import { createPublicKey } from "node:crypto";
import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import type { ClientOf } from "#functions/runtime/platform.ts";
import { orUnavailable } from "#functions/runtime/unavailable.ts";
import type { PublicKey, ReadPublicKeys, Sign } from "./seal.ts";

/** ECDSA over P-256, in a key that leaves KMS never. Needs `kms:Sign` on it. */
export const signClient: ClientOf<Sign> = ({ environment }) => {
  const kms = client();
  const KeyId = environment.get("SEALS_KEY_ARN");
  return async (bytes) => {
    const command = new SignCommand({
      KeyId,
      Message: bytes,
      MessageType: "RAW",
      SigningAlgorithm: "ECDSA_SHA_256",
    });
    const { Signature } = await orUnavailable(() => kms.send(command), unusable);
    if (!Signature) throw new Error("KMS answered without a signature");
    return Uint8Array.from(Signature);
  };
};

/** Newest first. Needs `kms:GetPublicKey`. From KMS, not from a table: who could change the seals could change a key that lies beside them. */
export const publicKeysClient: ClientOf<ReadPublicKeys> = ({ environment }) => {
  const kms = client();
  const former = environment.find("FORMER_SEALS_KEY_ARNS")?.split(" ") ?? [];
  const read = async (KeyId: string): Promise<PublicKey> => {
    const { PublicKey } = await orUnavailable(() => kms.send(new GetPublicKeyCommand({ KeyId })), unusable);
    if (!PublicKey) throw new Error("KMS answered without a key");
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
    return key.export({ format: "pem", type: "spki" }).toString();
  };
  return () => Promise.all([environment.get("SEALS_KEY_ARN"), ...former].map(read));
};

/** A slow KMS must fail the call while there is time to say so. */
const client = () =>
  new KMSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });

const unusable = new Set([
  "ThrottlingException",
  "LimitExceededException",
  "DisabledException",
  "KMSInvalidStateException",
]);
