import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { findAnswer, type Seen } from "./idempotency.ts";
import type { Answer, IdempotencyRequest, RequestFacts } from "./route.ts";
import type { Table } from "./table.ts";

export type Finished = Seen & { readonly seen: "finished" };

/**
 * The one way of a POST. The same request again gets what its record says, rendered by `again`; else `first` does it,
 * with the record in the transaction of its effect. `undefined`: another request was faster, at this one's record or
 * at what it changes, and nothing was done; so look again.
 */
export const once = async <Result>(
  find: () => Promise<Seen>,
  on: { again: (seen: Finished) => Promise<Result> | Result; first: () => Promise<Result | undefined> },
  tries = 5,
): Promise<Result> => {
  const seen = await find();
  if (seen.seen === "finished") return on.again(seen);
  const result = await on.first();
  if (result !== undefined) return result;
  if (tries > 1) return once(find, on, tries - 1);
  throw new Refusal("conflict", "It is being changed by others at the same time. Send the request again.", {
    retryAfterSeconds: 1,
  });
};

/** The same for our own API, where a record mostly holds the answer's body as it was. */
export const answerOnce = (
  on: { table: Pick<Table, "get">; now: Clock },
  facts: RequestFacts,
  first: (request: IdempotencyRequest) => Promise<Answer | undefined>,
  again: (seen: Finished) => Promise<Answer> | Answer = asItWas,
): Promise<Answer> => {
  const request = requestOf(facts);
  return once(() => findAnswer(on)(request, "canonical"), {
    first: () => first(request),
    again: async (seen) => replayed(await again(seen)),
  });
};

const asItWas = ({ status, answer }: Finished): Answer => ({ status, body: answer });

/** Says that nothing was done this time. */
export const replayed = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, "idempotent-replayed": "true" },
});

/** `apiHandler` demands the key on every POST; whoever calls an operation otherwise has to bring one too. */
export const requestOf = ({ idempotency }: RequestFacts): IdempotencyRequest => {
  if (idempotency) return idempotency;
  throw new Refusal("idempotency_key_required", "Send an Idempotency-Key.");
};
