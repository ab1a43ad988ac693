import { z } from "zod";
import { sensitiveIn } from "#functions/runtime/sensitive.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, hours, Instant, minutes, seconds } from "#functions/values/clock.ts";
import { EndpointId, StoreId } from "#functions/values/id.ts";

export const Status = z.enum([
  "pending",
  "delivering",
  "waiting",
  "delivered",
  "parked",
  "canceled",
  "superseded",
]);
export type Status = z.infer<typeof Status>;

/** The whole state machine. A move that is not in this table is refused. */
export const moves = {
  pending: ["delivering", "waiting", "parked", "canceled", "superseded"],
  /** To itself: the sender died and another took over. */
  delivering: ["delivering", "delivered", "waiting", "parked", "canceled", "superseded"],
  /** To itself: its endpoint is left alone for a while. */
  waiting: ["delivering", "waiting", "parked", "canceled", "superseded", "pending"],
  /** From here on it is pending again only when its owner wants it sent once more. */
  delivered: ["pending"],
  /** Given up after thirty days; the event stays in the outbox. */
  parked: ["pending"],
  /** The endpoint is gone, disabled or removed. */
  canceled: ["pending"],
  /** A newer snapshot of the same order goes instead. */
  superseded: ["pending"],
} as const satisfies Record<Status, readonly Status[]>;

export const isFinal = (status: Status): boolean => timers[status] === "rest";

export const times = {
  /** How long a receiver may take. */
  answer: seconds(15),
  /** Longer than an attempt and its function together. */
  lease: seconds(60),
  /** How long a delivery waits for the one before it about the same subject. */
  hold: minutes(10),
  giveUp: days(30),
  /** What the queue can delay; longer waits are due rows only. */
  longestDelay: minutes(15),
  /** How long the queue may be late before the sweeper wakes a delivery; longer than a lease, see `nextLook`. */
  grace: minutes(2),
  /** Since it came, or was last wanted once more: what became of it can be seen though its event is gone by then. */
  kept: days(90),
} as const;

/** Waits before the second, third, … attempt; then once a day. Standard Webhooks 1.0, and on to thirty days. */
export const schedule = [
  seconds(5),
  minutes(5),
  minutes(30),
  hours(2),
  hours(5),
  hours(10),
  hours(14),
  hours(20),
  hours(24),
] as const;

const sweep = "webhook/sweep-deliveries";

export const timers = {
  pending: { by: sweep, within: times.grace, due: "own" },
  delivering: { by: sweep, within: times.grace, due: "own" },
  /** The longest wait with its spread, or what the receiver asked for. */
  waiting: { by: sweep, within: 1.2 * hours(24), due: "own" },
  delivered: "rest",
  parked: "rest",
  canceled: "rest",
  superseded: "rest",
} as const satisfies Timers<Status>;

/** So much of an answer is kept: enough for an error's name. */
const shownBytes = 256;

/** One event on its way to one endpoint. The body is rendered when it is sent and never stored. */
export const Delivery = z.object({
  endpointId: EndpointId,
  storeId: StoreId,
  eventId: z.string(),
  type: z.string(),
  /** Where the event lies in the outbox. */
  eventAt: z.object({ pk: z.string(), sk: z.string() }),
  /** The event before it about the same subject that this endpoint hears of: it goes first. */
  previousEventId: z.string().optional(),
  status: Status,
  /** Counts the writes: each is conditional on the version that it read. */
  version: z.int(),
  attempts: z.int(),
  nextAt: Instant,
  /** Until then its receiver wanted no further attempt. */
  askedUntil: Instant.optional(),
  leaseUntil: Instant,
  /** It went out before the one that it should have followed. */
  outOfOrder: z.boolean(),
  /** SHA-256 of the body that was first sent: a retry must repeat it to the byte. */
  bodyDigest: z.string().optional(),
  lastStatus: z.int().optional(),
  /** From the attempt's begin to the end of its answer. */
  lastLatencyMs: z.int().optional(),
  /** How the answer begins, in what can be printed: for whoever looks why it was no success. */
  lastAnswer: z.string().max(shownBytes).optional(),
  reason: z.string().optional(),
  createdAt: Instant,
  /** When its owner last wanted it sent once more. */
  reopenedAt: Instant.optional(),
  updatedAt: Instant,
});
export type Delivery = z.infer<typeof Delivery>;

/** The delivery after a move and its changes; a move that is not in the table is a programming fault. */
export const moved = (
  delivery: Delivery,
  to: Status,
  now: Instant,
  changes: Partial<Omit<Delivery, "status" | "version">> = {},
): Delivery => {
  if (!(moves[delivery.status] as readonly Status[]).includes(to))
    throw new Error(`a delivery does not move from ${delivery.status} to ${to}`);
  return { ...delivery, ...changes, status: to, version: delivery.version + 1, updatedAt: now };
};

/** All over again, from its first attempt on; what it says stays. */
export const reopened = (delivery: Delivery, now: Instant): Delivery =>
  moved(delivery, "pending", now, {
    attempts: 0,
    nextAt: now,
    leaseUntil: now,
    outOfOrder: false,
    reason: undefined,
    reopenedAt: now,
  });

/** Since when it is on its way. */
export const startedAt = ({ createdAt, reopenedAt = createdAt }: Delivery): Instant => reopenedAt;

/** What came of an attempt: an HTTP status, or why there is none. */
export type Attempted = {
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly retryAfter?: string | undefined;
  readonly latencyMs?: number | undefined;
  readonly answer?: Uint8Array | undefined;
};

/** Where an attempt leaves the delivery. A redirect is a failure: it is not followed. `random` is in [0, 1). */
export const afterAttempt = (
  delivery: Delivery,
  attempted: Attempted,
  { now, random }: { now: Instant; random: number },
): Delivery => {
  const { status, reason, retryAfter, latencyMs } = attempted;
  const told = {
    lastStatus: status,
    reason,
    lastLatencyMs: latencyMs,
    lastAnswer: printable(attempted.answer),
  };
  if (isSuccess(status)) return moved(delivery, "delivered", now, told);
  if (status === 410) return moved(delivery, "canceled", now, { ...told, reason: "gone" });
  const askedUntil = earliest(retryAfter, now);
  const nextAt = Math.max(now + waitAfter(delivery.attempts, random), askedUntil);
  return waitingUntil(delivery, nextAt, now, { ...told, ...(askedUntil > now && { askedUntil }) });
};

const waitingUntil = (
  delivery: Delivery,
  nextAt: Instant,
  now: Instant,
  told: Partial<Delivery>,
): Delivery =>
  nextAt > startedAt(delivery) + times.giveUp
    ? moved(delivery, "parked", now, { ...told, reason: told.reason ?? "given_up" })
    : moved(delivery, "waiting", now, { ...told, nextAt });

/**
 * Left out, because its endpoint is left alone: it goes on along its schedule as if it had been tried, and not before
 * `until`, so an endpoint that is down costs no more than its deliveries' attempts would.
 */
export const putOff = (
  delivery: Delivery,
  { now, until, random }: { now: Instant; until: Instant; random: number },
): Delivery => {
  const nextAt = Math.max(until, now + waitAfter(stepsIn(now - startedAt(delivery)) + 1, random));
  return waitingUntil(delivery, nextAt, now, { reason: "endpoint_failing" });
};

/** Its endpoint is back since, and has not asked for a later time: it need not wait any longer. */
export const isFreed = (
  { status, updatedAt, askedUntil = 0 }: Delivery,
  recoveredAt: Instant,
  now: Instant,
): boolean => status === "waiting" && updatedAt < recoveredAt && askedUntil <= now;

/** How many waits of the schedule go into this time. */
const stepsIn = (age: number): number => {
  let end = 0;
  return schedule.filter((wait) => {
    end += wait;
    return end <= age;
  }).length;
};

export const isSuccess = (status: number | undefined): boolean =>
  status !== undefined && status >= 200 && status < 300;

/** Its first bytes. A receiver may answer anything: what could be a person's, a secret or a card is not kept. */
const printable = (answer: Uint8Array = new Uint8Array()): string | undefined => {
  const text = Buffer.from(answer.subarray(0, shownBytes))
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, " ")
    .trim();
  return text === "" || sensitiveIn(text) !== undefined ? undefined : text;
};

/** Spread by a fifth either way, so that those who failed together do not come back together. */
export const waitAfter = (attempts: number, random: number): number =>
  Math.round((schedule[attempts - 1] ?? hours(24)) * (0.8 + 0.4 * random));

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), believed up to a day. */
export const earliest = (retryAfter: string | undefined, now: Instant): Instant => {
  const text = retryAfter?.trim() ?? "";
  const at = /^\d{1,9}$/.test(text) ? now + seconds(Number(text)) : dateOf(text);
  return Number.isFinite(at) ? Math.min(at, now + days(1)) : now;
};

/** Only the form that HTTP demands: `Date.parse` makes a date of nearly any text. */
const dateOf = (text: string): number =>
  /^[A-Z][a-z]{2}, .* GMT$/.test(text) ? Date.parse(text) : Number.NaN;

/**
 * When somebody must look at it again; `undefined`: never, it is final. An attempt that begins in time leaves the look
 * where it was, which spares the index two writes a delivery.
 */
export const nextLook = ({ status, leaseUntil, nextAt, updatedAt }: Delivery): Instant | undefined => {
  if (isFinal(status)) return undefined;
  if (status === "delivering") return Math.max(leaseUntil, nextAt + times.grace);
  // A short wait is the queue's; the row only covers for it.
  return nextAt - updatedAt <= times.longestDelay ? nextAt + times.grace : nextAt;
};
