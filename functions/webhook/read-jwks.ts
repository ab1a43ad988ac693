import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import { live, type SigningSecret } from "./signing-secret.ts";

export const JwksParams = z.strictObject({ storeId: z.string(), id: z.string() });

/** RFC 8037: an Ed25519 public key as a JSON Web Key. `kid` is the number that the endpoint's secrets have. */
const Jwk = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  alg: z.literal("EdDSA"),
  use: z.literal("sig"),
  kid: z.string(),
  x: z.string(),
});
export const Jwks = z.object({ keys: z.array(Jwk) });

/** A key that was made signs from then on, so a receiver who finds no key that fits looks again. */
export const freshFor = seconds(300);

/** The public keys that an endpoint's deliveries are signed with now, newest first (RFC 7517). */
export const readJwks =
  (on: { readonly endpoints: Pick<EndpointStore, "get">; readonly now: Clock }) =>
  async ({ params }: { params: z.infer<typeof JwksParams> }): Promise<Answer> => {
    const storeId = StoreId.safeParse(params.storeId).data;
    const endpoint = storeId && (await on.endpoints.get(storeId, params.id));
    if (!endpoint) throw new Refusal("not_found", "No endpoint of this store signs under this id.");
    return {
      status: 200,
      body: { keys: live(endpoint.secrets, on.now()).map(jwkOf) },
      headers: { "cache-control": `public, max-age=${freshFor / seconds(1)}` },
    };
  };

const jwkOf = ({ number, publicKey }: SigningSecret): z.infer<typeof Jwk> => ({
  kty: "OKP",
  crv: "Ed25519",
  alg: "EdDSA",
  use: "sig",
  kid: String(number),
  x: Buffer.from(publicKey.slice("whpk_".length), "base64").toString("base64url"),
});
