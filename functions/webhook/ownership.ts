import { z } from "zod";
import type { RandomBytes } from "#functions/values/id.ts";
import type { Attempted } from "./delivery.ts";

/** Nobody knows it who does not read what was sent. */
export const newChallenge = (random: RandomBytes): string => Buffer.from(random(24)).toString("base64url");

/** The challenge stands alone in the answer: who sends back whatever comes proves nothing. */
const Proof = z.strictObject({ challenge: z.string() });

const proves = (answer: Uint8Array | undefined, challenge: string): boolean => {
  try {
    const text = Buffer.from(answer ?? []).toString("utf8");
    return Proof.parse(JSON.parse(text)).challenge === challenge;
  } catch {
    return false;
  }
};

/** Where there is a challenge, only its answer is a success. */
export const withProof = (attempted: Attempted, challenge: string | undefined): Attempted => {
  const { status, ...seen } = attempted;
  if (challenge === undefined || !isSuccess(status) || proves(seen.answer, challenge)) return attempted;
  return { ...seen, reason: "challenge_not_answered" };
};

const isSuccess = (status = 0): boolean => status >= 200 && status < 300;

/** A test is tried so often while nobody has answered one with its challenge. */
export const unprovenAttempts = 3;
