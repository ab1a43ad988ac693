import type { Protocol } from "#functions/runtime/api-handler.ts";
import { textHoldsCard } from "#functions/runtime/card-field.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import type { RefusalCode } from "#functions/values/refusal.ts";
import { fault, refusalOf } from "./errors.ts";
import { versionForErrors, versionOf } from "./version.ts";

/** ACP's headers and errors (2026-04-17 §3). */
export const acpProtocol: Protocol = {
  // Discovery is where an agent learns the versions, so it needs none.
  before: ({ headers }, route) => {
    if (route.scope !== "public") versionOf(headers);
  },
  refused: (refusal, { headers }) => {
    const later = repeatable.has(refusal.code) && refusal.retryAfterSeconds === undefined;
    return {
      ...refusalOf(refusal, versionForErrors(headers)),
      ...(later && { headers: { "retry-after": "1" } }),
    };
  },
  fault: () => fault,
  finish: (answer, facts) => ({ ...answer, headers: { ...echoed(facts), ...answer.headers } }),
};

/** Refusals that the same request may outlive: ACP wants to be told when to ask again. */
const repeatable: ReadonlySet<RefusalCode> = new Set([
  "idempotency_in_flight",
  "rate_limited",
  "temporarily_unavailable",
]);

/** The caller's own ids come back so that it can tell its answers apart; ours stands in where it sent none. */
const echoed = ({ headers, requestId }: RequestFacts): NonNullable<Answer["headers"]> => {
  const key = echo(headers["idempotency-key"]);
  return { "request-id": echo(headers["request-id"]) ?? requestId, ...(key && { "idempotency-key": key }) };
};

/** Nothing that could end a header and begin another, nothing longer than a key may be, and not what was refused as a card. */
const echo = (value: string | undefined): string | undefined =>
  value !== undefined && /^[\x20-\x7e]{1,255}$/.test(value) && !textHoldsCard(value, "reference")
    ? value
    : undefined;
