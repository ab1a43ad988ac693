import { z } from "zod";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { type Instant as At, Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Sealed } from "#functions/values/sealed.ts";

/** What we know a shop by: a bridge's secret; of WooCommerce key and secret as HTTP Basic has them. */
export const ConnectionSecret = z.object({
  sealed: Sealed,
  createdAt: Instant,
  /** It was rolled: from then on it signs nothing. Absent: the one that stays. */
  expiresAt: Instant.optional(),
});
export type ConnectionSecret = z.infer<typeof ConnectionSecret>;

/** Those that sign at once at most: each is a signature in a header of every request. */
export const secretLimit = 10;

/** Those that sign now, the newest first: there is always one. */
export const live = (secrets: readonly ConnectionSecret[], now: At): ConnectionSecret[] =>
  secrets.filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt);

/** A new one before those that are live; none of them outlives the overlap, and what is over is gone. */
export const rolled = (
  before: readonly ConnectionSecret[],
  made: ConnectionSecret,
  { now, overlap }: { now: At; overlap: number },
): ConnectionSecret[] => {
  const until = now + overlap;
  const ending = live(before, now).map((secret) => ({
    ...secret,
    expiresAt: Math.min(until, secret.expiresAt ?? until),
  }));
  return [made, ...live(ending, now)];
};

type Seals = { readonly seal: Pick<StoreSeal, "sealForStore"> };
type Opens = { readonly seal: Pick<StoreSeal, "unsealForStore"> };

export const sealSecret = async (
  { seal }: Seals,
  { storeId, text, createdAt }: { storeId: StoreId; text: string; createdAt: At },
): Promise<ConnectionSecret> => {
  const sealed = await seal.sealForStore(storeId, purposeOf({ createdAt }), Buffer.from(text));
  return { sealed: Uint8Array.from(sealed), createdAt };
};

export const openSecret = async (
  { seal }: Opens,
  storeId: StoreId,
  secret: ConnectionSecret,
): Promise<string> =>
  Buffer.from(await seal.unsealForStore(storeId, purposeOf(secret), secret.sealed)).toString("utf8");

/** Bound to the store and to its time: a secret that was replaced opens in no later row, and none in another store's. */
const purposeOf = ({ createdAt }: Pick<ConnectionSecret, "createdAt">): string =>
  `store-connector#${createdAt}`;
