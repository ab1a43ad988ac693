import { createECDH, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { AwsError, type Json, type JsonObject, NotEmbedded } from "./aws.ts";

type Key = { readonly arn: string; readonly spec: string; readonly secret: Buffer };

/** The kept secret is the private number of the curve, so a key that lives on makes signatures that go on being good. */
const privateKeyOf = ({ arn, spec, secret }: Key): KeyObject => {
  if (spec !== "ECC_NIST_P256") throw new AwsError("InvalidKeyUsageException", `${arn} signs nothing`);
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey();
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), secret].map((part) =>
    part.toString("base64url"),
  ) as [string, string, string];
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d }, format: "jwk" });
};

export const signedBy = (key: Key, body: JsonObject): JsonObject => {
  const { SigningAlgorithm = "", MessageType = "RAW" } = body as Readonly<Record<string, Json>>;
  if (SigningAlgorithm !== "ECDSA_SHA_256" || MessageType !== "RAW")
    throw new NotEmbedded(`kms Sign by ${String(SigningAlgorithm)} of a ${String(MessageType)} message`);
  const message = Buffer.from(String(body["Message"] ?? ""), "base64");
  if (message.length > 4096) throw new AwsError("ValidationException", "Message is longer than 4096 bytes");
  const signature = sign("sha256", message, privateKeyOf(key));
  return { KeyId: key.arn, SigningAlgorithm, Signature: signature.toString("base64") };
};

export const publicKeyOf = (key: Key): JsonObject => ({
  KeyId: key.arn,
  KeySpec: key.spec,
  KeyUsage: "SIGN_VERIFY",
  SigningAlgorithms: ["ECDSA_SHA_256"],
  PublicKey: createPublicKey(privateKeyOf(key)).export({ format: "der", type: "spki" }).toString("base64"),
});
