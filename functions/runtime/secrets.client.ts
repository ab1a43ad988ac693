import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { type Clock, minutes } from "#functions/values/clock.ts";
import type { ClientOf } from "./platform.ts";
import { orUnavailable } from "./unavailable.ts";

/** A secret's text by ARN. Whoever was refused with a text names it as `stale`: it is read again, once for all of them. */
export type ReadSecret = (arn: string, stale?: string) => Promise<string>;

/** How long an instance goes on with what it read, so how long a rotated secret must stay good. */
export const secretKept = minutes(5);

/** What its key cannot open for the moment among them. */
const busy = new Set(["ThrottlingException", "LimitExceededException", "DecryptionFailure"]);

export const secretsClient: ClientOf<ReadSecret> = (on) => cached(on.now, reading(newClient()));

/** For who changes a secret: nothing is cached. */
export type SecretVault = {
  readonly read: ReadSecret;
  /** Once per token: answers false where somebody has written something else under it. */
  write(arn: string, text: string, token: string): Promise<boolean>;
};

export const secretVaultClient: ClientOf<SecretVault> = () => {
  const client = newClient();
  return {
    read: reading(client),
    write: async (SecretId, SecretString, ClientRequestToken) => {
      const put = new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken });
      try {
        await orUnavailable(() => client.send(put), busy);
        return true;
      } catch (error) {
        if (error instanceof ResourceExistsException) return false;
        throw error;
      }
    },
  };
};

const newClient = () =>
  new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });

const reading =
  (client: SecretsManagerClient): ReadSecret =>
  async (arn) => {
    const { SecretString } = await orUnavailable(
      () => client.send(new GetSecretValueCommand({ SecretId: arn })),
      busy,
    );
    if (SecretString === undefined) throw new Error("the secret holds no text");
    return SecretString;
  };

/** Callers at the same time share one read; a read that failed is not kept. */
export const cached = (now: Clock, read: ReadSecret): ReadSecret => {
  const kept = new Map<string, { until: number; text: Promise<string> }>();
  return async (arn, stale) => {
    const before = kept.get(arn);
    const isStale = stale !== undefined && (await before?.text.catch(() => undefined)) === stale;
    const known = kept.get(arn);
    if (known && known.until > now() && !(isStale && known === before)) return known.text;
    const text = read(arn);
    kept.set(arn, { until: now() + secretKept, text });
    text.catch(() => kept.delete(arn));
    return text;
  };
};
