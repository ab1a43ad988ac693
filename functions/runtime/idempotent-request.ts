import { Refusal } from "#functions/values/refusal.ts";
import type { IdempotencyRequest, RequestFacts } from "./route.ts";

/** `apiHandler` demands the key on every POST; whoever calls an operation otherwise has to bring one too. */
export const requestOf = ({ idempotency }: RequestFacts): IdempotencyRequest => {
  if (!idempotency) throw new Refusal("idempotency_key_required", "Send an Idempotency-Key.");
  return idempotency;
};
