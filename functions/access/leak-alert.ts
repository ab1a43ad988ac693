import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";

/** What GitHub's secret scanning tells whose keys it has found (partner program): the token, and where it stands. */
export const LeakAlerts = z.array(z.object({ token: z.string(), type: z.string() }));
export type LeakAlerts = z.infer<typeof LeakAlerts>;

/** What GitHub wants to hear of each. The token goes back as its hash: no answer repeats a key. */
export const AlertVerdict = z.object({
  /** SHA-256 in base64. */
  token_hash: z.string(),
  token_type: z.string(),
  label: z.enum(["true_positive", "false_positive"]),
});
export type AlertVerdict = z.infer<typeof AlertVerdict>;

/** The keys by which GitHub signs alerts, as it publishes them. */
export const PublishedKeys = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string() })),
});

/** ECDSA on P-256 over the very bytes; a key of another kind proves nothing. */
export const isSignedBy = (pem: string, signed: Uint8Array, signature: string): boolean => {
  try {
    const key = createPublicKey(pem);
    const isP256 = key.asymmetricKeyDetails?.namedCurve === "prime256v1";
    return isP256 && verify("sha256", signed, key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
};
