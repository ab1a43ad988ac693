import { createHash } from "node:crypto";
import { z } from "zod";
import { days, type Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { all, any, atMost, equals, missing } from "./condition.ts";
import type { IdempotencyRequest } from "./route.ts";
import type { Attribute, Key, Table, Write } from "./table.ts";

/**
 * The same request again gets the same answer and has no second effect. The record claims the *answer*; that
 * nothing is charged twice rests on the checkout's own state, so a record that is gone harms nobody.
 * Record and effect are committed in one transaction: `claimAnswer` and `storeAnswer` only return the write.
 */
export type Seen =
  | { readonly seen: "never" }
  | {
      readonly seen: "finished";
      readonly status: number;
      /** What to render the answer from, as it was stored. */
      readonly answer: Attribute | undefined;
      readonly apiVersion: string | undefined;
    }
  /** Somebody began and gave no answer in time: it may be resumed. */
  | { readonly seen: "abandoned" };

/** Which digest tells two bodies apart: ACP compares JSON by meaning, UCP compares bytes. */
export type Compare = "canonical" | "raw";

export const kept = days(30);

const Stored = z.object({
  state: z.enum(["in_flight", "finished"]),
  canonical: z.string(),
  raw: z.string(),
  leaseUntil: z.int(),
  status: z.int().optional(),
  apiVersion: z.string().optional(),
});
type Stored = z.infer<typeof Stored>;

/** Refuses another body under the same key, and a request whose first run is still going. */
export const findAnswer =
  (on: { table: Pick<Table, "get">; now: () => Instant }) =>
  async (request: IdempotencyRequest, compare: Compare): Promise<Seen> => {
    const row = await on.table.get("commerce", keyOf(request));
    if (row === undefined) return { seen: "never" };
    const record = Stored.parse(row);
    refuseOtherBody(record, request, compare);
    if (record.state === "in_flight") return inFlight(record, on.now());
    const { status = 200, apiVersion } = record;
    return { seen: "finished", status, apiVersion, answer: row["answer"] };
  };

/** Commit with the write that begins the effect. Fails when somebody else holds the key. */
export const claimAnswer = (
  request: IdempotencyRequest,
  { now, leaseUntil }: { now: Instant; leaseUntil: Instant },
): Write => ({
  table: "commerce",
  key: keyOf(request),
  change: { put: { ...recordOf(request, now), state: "in_flight", leaseUntil } },
  condition: any(free(now), all(sameInFlight(request), atMost("leaseUntil", now))),
});

/** Commit with the write that finishes the effect, claimed before or not. Never overwrites an answer. */
export const storeAnswer = (
  request: IdempotencyRequest,
  stored: { now: Instant; status: number; answer: Attribute | undefined; apiVersion?: string | undefined },
): Write => ({
  table: "commerce",
  key: keyOf(request),
  change: {
    put: {
      ...recordOf(request, stored.now),
      state: "finished",
      leaseUntil: stored.now,
      status: stored.status,
      apiVersion: stored.apiVersion,
      answer: stored.answer,
    },
  },
  condition: any(free(stored.now), sameInFlight(request)),
});

/** A record past its time counts as none, as no reader sees it any more: DynamoDB deletes it days later. */
const free = (now: Instant) => any(missing(), atMost("expiresAt", now));

const sameInFlight = (request: IdempotencyRequest) =>
  all(equals("state", "in_flight"), equals("canonical", request.canonical));

const keyOf = ({ scope, key }: IdempotencyRequest): Key => ({
  pk: `idempotency#${createHash("sha256")
    .update(JSON.stringify([scope, key]))
    .digest("hex")}`,
  sk: "idempotency",
});

const recordOf = ({ scope, canonical, raw }: IdempotencyRequest, now: Instant) => ({
  scope,
  canonical,
  raw,
  expiresAt: now + kept,
  expiresAtSeconds: Math.ceil((now + kept) / 1_000),
});

const refuseOtherBody = (record: Stored, request: IdempotencyRequest, compare: Compare): void => {
  if (record[compare] === request[compare]) return;
  throw new Refusal(
    "idempotency_conflict",
    "This Idempotency-Key was used with another request body. Use a new key for a new request.",
  );
};

const inFlight = (record: Stored, now: Instant): Seen => {
  if (record.leaseUntil <= now) return { seen: "abandoned" };
  const rest = Math.ceil((record.leaseUntil - now) / 1_000);
  throw new Refusal(
    "idempotency_in_flight",
    "The first request with this Idempotency-Key is still being worked on. Send it again a little later.",
    { retryAfterSeconds: Math.min(rest, 5) },
  );
};
