import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";

/** One generation of the keys that an endpoint's deliveries are signed with: a shared secret and a key pair. */
export const SigningSecret = z.object({
  /** Counts the endpoint's secrets from 1 on. */
  number: z.int().positive(),
  /** The pair's public half, which its JWKS names by the number. */
  publicKey: z.string(),
  /** The secret and the pair's private half. */
  sealed: z.instanceof(Uint8Array) as z.ZodType<Uint8Array>,
  createdAt: Instant,
  /** It was rolled: from then on it signs nothing. Absent: the one that stays. */
  expiresAt: Instant.optional(),
});
export type SigningSecret = z.infer<typeof SigningSecret>;

/** Those that sign at once at most: each is a signature in a header of every delivery. */
export const secretLimit = 10;

/** What is new in a secret that is made. */
export type MadeSecret = Pick<SigningSecret, "publicKey" | "sealed">;

export const firstSecret = (made: MadeSecret, now: Instant): SigningSecret[] => [
  { number: 1, ...made, createdAt: now },
];

/** Those that sign now, the newest first: there is always one. */
export const live = <Any extends Pick<SigningSecret, "expiresAt">>(
  secrets: readonly Any[],
  now: Instant,
): Any[] => secrets.filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt);

/** A new one before those that are live; none of them outlives the overlap, and what is over is gone. */
export const rolled = (
  before: readonly SigningSecret[],
  made: MadeSecret,
  { now, overlap }: { now: Instant; overlap: number },
): SigningSecret[] => {
  const until = now + overlap;
  const ending = live(before, now).map((secret) => ({
    ...secret,
    expiresAt: Math.min(until, secret.expiresAt ?? until),
  }));
  return [{ number: (before[0]?.number ?? 0) + 1, ...made, createdAt: now }, ...live(ending, now)];
};
