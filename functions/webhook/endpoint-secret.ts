import { times } from "#functions/access/key-life.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Endpoint, secretPurpose } from "./endpoint.ts";
import { live, type SigningSecret } from "./signing-secret.ts";

type Seals = { readonly seal: Pick<StoreSeal, "sealForStore"> };
type Opens = { readonly seal: Pick<StoreSeal, "unsealForStore"> };

export const sealedSecret = async (
  { seal }: Seals,
  { storeId, id }: Pick<Endpoint, "storeId" | "id">,
  secret: string,
): Promise<Uint8Array> =>
  Uint8Array.from(await seal.sealForStore(storeId, secretPurpose(id), Buffer.from(secret)));

/** The secret of this number, for the request that made it: for an hour, as with license keys, then for nobody. */
export const secretWhileShown = async (
  on: Opens & { readonly now: Clock },
  endpoint: Endpoint,
  number: number,
): Promise<{ secret?: string }> => {
  const found = endpoint.secrets.find((secret) => secret.number === number);
  if (!found) throw new Refusal("conflict", "The secret that this request made was rolled since.");
  return found.createdAt + times.shown > on.now() ? { secret: await unsealed(on, endpoint, found) } : {};
};

/** At a time, those that sign then. */
export const openSecrets = async (on: Opens, endpoint: Endpoint): Promise<SecretsAt> => {
  const opened = await Promise.all(
    endpoint.secrets.map(async (secret) => ({
      expiresAt: secret.expiresAt,
      text: await unsealed(on, endpoint, secret),
    })),
  );
  return (at) => live(opened, at).map(({ text }) => text);
};
export type SecretsAt = (at: number) => readonly string[];

const unsealed = async ({ seal }: Opens, { storeId, id }: Endpoint, { sealed }: SigningSecret) =>
  Buffer.from(await seal.unsealForStore(storeId, secretPurpose(id), sealed)).toString("utf8");
