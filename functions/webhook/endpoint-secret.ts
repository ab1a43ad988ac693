import { times } from "#functions/access/key-life.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Endpoint, secretPurpose } from "./endpoint.ts";
import { newPrivateKey, newSecret, publicKeyOf, type Signer } from "./signature.ts";
import { live, type MadeSecret, type SigningSecret } from "./signing-secret.ts";

type Seals = { readonly seal: Pick<StoreSeal, "sealForStore"> };
type Opens = { readonly seal: Pick<StoreSeal, "unsealForStore"> };

/** A new secret, to be shown once, and how it is kept. */
export const makeSecret = async (
  { seal, random }: Seals & { readonly random: RandomBytes },
  { storeId, id }: Pick<Endpoint, "storeId" | "id">,
): Promise<{ readonly secret: string; readonly made: MadeSecret }> => {
  const secret = newSecret(random);
  const privateKey = newPrivateKey(random);
  const text = Buffer.from(`${secret} ${privateKey}`);
  const sealed = Uint8Array.from(await seal.sealForStore(storeId, secretPurpose(id), text));
  return { secret, made: { publicKey: publicKeyOf(privateKey), sealed } };
};

/** The secret of this number, for the request that made it: for an hour, as with license keys, then for nobody. */
export const secretWhileShown = async (
  on: Opens & { readonly now: Clock },
  endpoint: Endpoint,
  number: number,
): Promise<{ secret?: string }> => {
  const found = endpoint.secrets.find((secret) => secret.number === number);
  if (!found) throw new Refusal("conflict", "The secret that this request made was rolled since.");
  return found.createdAt + times.shown > on.now()
    ? { secret: (await unsealed(on, endpoint, found)).secret }
    : {};
};

/** At a time, those that sign then. */
export const openSecrets = async (on: Opens, endpoint: Endpoint): Promise<SignersAt> => {
  const opened = await Promise.all(
    endpoint.secrets.map(async (secret) => ({
      expiresAt: secret.expiresAt,
      signer: await unsealed(on, endpoint, secret),
    })),
  );
  return (at) => live(opened, at).map(({ signer }) => signer);
};
export type SignersAt = (at: number) => readonly Signer[];

const unsealed = async (
  { seal }: Opens,
  { storeId, id }: Endpoint,
  { sealed }: SigningSecret,
): Promise<Signer> => {
  const opened = Buffer.from(await seal.unsealForStore(storeId, secretPurpose(id), sealed));
  const [secret = "", privateKey = ""] = opened.toString("utf8").split(" ");
  return { secret, privateKey };
};
