import { z } from "zod";
import type { Refusal, Unknown } from "./stripe.ts";

/** An HTTP answer of Stripe's API v1, whoever carried it. */
export type StripeResponse = {
  readonly status: number;
  readonly body: unknown;
  /** Header `Idempotent-Replayed`: Stripe repeats what it answered to this key before. */
  readonly replayed: boolean;
};

/** Our key or our account is wrong: no outcome of a payment, but a fault that an operator must mend. */
export class StripeMisconfigured extends Error {
  override readonly name: string = "StripeMisconfigured";
}

/** The account does not let us in. If it is somebody else's, its owner took our leave back: no repeat mends that. */
export class StripeForbids extends StripeMisconfigured {
  override readonly name = "StripeForbids";
}

export const ErrorFields = z.object({ code: z.string().nullish(), decline_code: z.string().nullish() });

const Failure = z.object({ error: ErrorFields.extend({ type: z.string().nullish() }) });

export const isSuccess = ({ status }: StripeResponse): boolean => status >= 200 && status < 300;

export const pageOf = <Each extends z.ZodType>(each: Each) =>
  z.object({ data: z.array(each), has_more: z.boolean() });

/**
 * Only 400, 402 and 404 are a definite no. The same key with other parameters (`idempotency_error`) means that an
 * earlier request under it was executed: what became of it must be looked up.
 */
export const failureFrom = (response: StripeResponse): Refusal | Unknown => {
  const { status, replayed } = response;
  const { error } = Failure.catch({ error: {} }).parse(response.body);
  const code = error.code ?? error.type ?? "unspecified";
  if (status === 401) throw new StripeMisconfigured(`Stripe answered 401 ${code}`);
  if (status === 403) throw new StripeForbids(`Stripe answered 403 ${code}`);
  if (error.type === "idempotency_error")
    return { outcome: "unknown", reason: code, keySpent: status === 400 };
  return definite.has(status) && !retryable.has(code)
    ? { outcome: "refused", code }
    : { outcome: "unknown", reason: `stripe_${status}`, keySpent: status >= 500 && replayed };
};

const definite = new Set([400, 402, 404]);

const retryable = new Set(["rate_limit", "lock_timeout", "idempotency_key_in_use"]);
