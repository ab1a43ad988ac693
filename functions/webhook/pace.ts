import { z } from "zod";
import { days, hours, Instant, minutes, seconds, toIso } from "#functions/values/clock.ts";
import { EndpointId, StoreId } from "#functions/values/id.ts";
import {
  type Attempted,
  type Delivery,
  times as deliveryTimes,
  earliest,
  isFinal,
  isFreed,
  isSuccess,
} from "./delivery.ts";

/** Attempts at once to one endpoint at most. */
export const most = 5;

export const times = {
  /** So many failures one after the other are no accident: the endpoint is left alone for a while. */
  failures: 5,
  rest: { first: seconds(30), longest: minutes(5) },
  /** A receiver may ask that it is left alone for so long at most; a single delivery waits longer. */
  asked: hours(1),
  /** Deliveries that failed first may have been made so long before: the hold, and a little. */
  before: minutes(15),
  /** Its owner is told after so long without any success. */
  warnings: [hours(1), hours(24), hours(72)],
  /** Days that are counted. */
  counted: 7,
  kept: days(90),
} as const;

const Day = z.object({
  day: z.iso.date(),
  succeeded: z.int(),
  failed: z.int(),
  latencyMs: z.int(),
  slowestMs: z.int(),
});

/**
 * What an endpoint takes: how many attempts are in flight, how many may be, whether it is left alone, where what waits for
 * it begins, and how it did of late. One small row an endpoint, written before and after each attempt.
 */
export const Pace = z.object({
  endpointId: EndpointId,
  storeId: StoreId,
  /** Counts the writes: each is conditional on the version that it read. */
  version: z.int(),
  /** Until when each attempt in flight has its slot, if nobody gives it back. */
  slots: z.array(Instant),
  /** How many there may be: halved when the receiver says that it is too much, one more with each success. */
  window: z.int().min(1).max(most),
  /** Since the last success. */
  failures: z.int(),
  failingSince: Instant.optional(),
  /** How often its owner was told of it. */
  warned: z.int(),
  /** Until then nothing is sent; from then on one delivery tries whether it is back. */
  restsUntil: Instant.optional(),
  /** It is back since then: what waited before that is sent without waiting for its time. */
  recoveredAt: Instant.optional(),
  /** No delivery that was made before waits for a slot or for its return. */
  backlogFrom: Instant.optional(),
  days: z.array(Day).max(times.counted),
});
export type Pace = z.infer<typeof Pace>;

export const newPace = ({ endpointId, storeId }: Pick<Pace, "endpointId" | "storeId">): Pace => ({
  endpointId,
  storeId,
  version: 0,
  slots: [],
  window: most,
  failures: 0,
  warned: 0,
  days: [],
});

/** A slot, which is given back by its time, and what its holder has found meanwhile. */
export type Held = {
  readonly pace: Pace;
  readonly slot: Instant;
  /** Nothing waits from the one time to the other (`undefined`: to the end). */
  readonly through?: { readonly from: Instant; readonly to: Instant | undefined };
};

/** With a slot; or without, and then the row says that somebody waits. */
export type Taken =
  | ({ readonly got: "slot" } & Held)
  | { readonly got: "full" | "rest"; readonly pace: Pace };

export const takeSlot = (pace: Pace, createdAt: Instant, now: Instant): Taken => {
  // While one tries whether it is back the others stay away, too.
  if (!isFree(pace, now))
    return { got: pace.restsUntil === undefined ? "full" : "rest", pace: waitedFor(pace, createdAt) };
  const slot = now + deliveryTimes.lease;
  return { got: "slot", slot, pace: { ...pace, slots: [...busySlots(pace, now), slot] } };
};

/** To go on in with what waits, if something does; whether it is back is tried with one that is due. */
export const slotToGoOn = (pace: Pace, now: Instant): Held | undefined => {
  const { backlogFrom, restsUntil } = pace;
  if (backlogFrom === undefined || restsUntil !== undefined) return undefined;
  const taken = takeSlot(pace, backlogFrom, now);
  return taken.got === "slot" ? taken : undefined;
};

/**
 * Its time has come, or its endpoint is back: what waited for that need not wait any longer. A wake-up may be a second
 * early: clocks differ.
 */
export const isDue = (delivery: Delivery, { recoveredAt = 0 }: Pace, now: Instant): boolean => {
  const { status, leaseUntil, nextAt } = delivery;
  if (isFinal(status) || leaseUntil > now) return false;
  return nextAt <= now + seconds(1) || isFreed(delivery, recoveredAt, now);
};

const waitedFor = (pace: Pace, since: Instant): Pace =>
  pace.backlogFrom !== undefined && pace.backlogFrom <= since ? pace : { ...pace, backlogFrom: since };

const isResting = ({ restsUntil = 0 }: Pace, now: Instant): boolean => now < restsUntil;

export const isFree = (pace: Pace, now: Instant): boolean =>
  !isResting(pace, now) && freeSlots(pace, now) > 0;

export const freeSlots = (pace: Pace, now: Instant): number => pace.window - busySlots(pace, now).length;

/** Slots are alike: of two that end together either one will do. */
export const giveBack = (pace: Pace, { slot, through }: Held, now: Instant): Pace => {
  const busy = busySlots(pace, now);
  const index = busy.indexOf(slot);
  const left = { ...pace, slots: busy.filter((_, each) => each !== index) };
  return through ? lookedThrough(left, through) : left;
};

type Attempt = {
  readonly attempted: Attempted;
  readonly createdAt: Instant;
  readonly nextSince: Instant | undefined;
  readonly now: Instant;
};

/**
 * After an attempt: where others wait the slot is kept for the next of them, as long as the endpoint takes it, which is one
 * write instead of two. `createdAt`: of what was attempted, which is among what waits where the endpoint now rests;
 * `nextSince`: of what waits for this very one.
 */
export const goOn = (
  before: Pace,
  held: Held,
  { attempted, createdAt, nextSince, now }: Attempt,
): Taken | { pace: Pace } => {
  const pace = afterAttempt(giveBack(before, held, now), attempted, now);
  const since = nextSince ?? (isResting(pace, now) ? createdAt : pace.backlogFrom);
  return since === undefined ? { pace } : takeSlot(pace, since, now);
};

/** After all that waited has been looked at: kept for what was passed already and has found no slot meanwhile. */
export const goRound = (before: Pace, held: Held, now: Instant): Held | { pace: Pace } => {
  const pace = giveBack(before, held, now);
  return slotToGoOn(pace, now) ?? { pace };
};

const busySlots = ({ slots }: Pace, now: Instant): Instant[] => slots.filter((until) => now < until);

/** What an attempt says of its endpoint. */
export const afterAttempt = (before: Pace, attempted: Attempted, now: Instant): Pace => {
  const pace = { ...before, days: counted(before.days, attempted, now) };
  return isSuccess(attempted.status) ? succeeded(pace, now) : failed(pace, attempted, now);
};

const succeeded = (pace: Pace, now: Instant): Pace => ({
  ...pace,
  window: Math.min(most, pace.window + 1),
  failures: 0,
  failingSince: undefined,
  warned: 0,
  restsUntil: undefined,
  recoveredAt: pace.restsUntil === undefined ? pace.recoveredAt : now,
});

const tooMuch: readonly (number | undefined)[] = [429, 502, 503, 504];

const failed = (pace: Pace, { status, retryAfter }: Attempted, now: Instant): Pace => {
  const failures = pace.failures + 1;
  const failingSince = pace.failingSince ?? now;
  const asked = Math.min(tooMuch.includes(status) ? earliest(retryAfter, now) : now, now + times.asked);
  const until = Math.max(now + restAfter(failures), asked);
  return {
    ...(until > now ? waitedFor(pace, failingSince - times.before) : pace),
    failures,
    failingSince,
    window: tooMuch.includes(status) ? Math.max(1, Math.floor(pace.window / 2)) : pace.window,
    // One that succeeds while others still fail is no proof yet, so each that fails says so anew.
    ...(until > now && {
      restsUntil: Math.max(until, pace.restsUntil ?? 0),
      window: 1,
    }),
  };
};

const restAfter = (failures: number): number =>
  failures < times.failures
    ? 0
    : Math.min(times.rest.longest, times.rest.first * 2 ** Math.min(failures - times.failures, 10));

const counted = (all: Pace["days"], { status, latencyMs = 0 }: Attempted, now: Instant): Pace["days"] => {
  const day = toIso(now).slice(0, 10);
  const [today = { day, succeeded: 0, failed: 0, latencyMs: 0, slowestMs: 0 }] = all.filter(
    (each) => each.day === day,
  );
  const others = all.filter((each) => each.day !== day).slice(1 - times.counted);
  const outcome = isSuccess(status) ? "succeeded" : "failed";
  return [
    ...others,
    {
      ...today,
      [outcome]: today[outcome] + 1,
      latencyMs: today.latencyMs + latencyMs,
      slowestMs: Math.max(today.slowestMs, latencyMs),
    },
  ];
};

/**
 * So far somebody has looked, unless somebody else has said otherwise meanwhile. Until it is back that cannot be known:
 * what waits for its return is not due yet.
 */
const lookedThrough = (pace: Pace, { from, to }: NonNullable<Held["through"]>): Pace => {
  const { backlogFrom, restsUntil } = pace;
  const isLater = to === undefined || (backlogFrom ?? 0) < to;
  const isOver = restsUntil === undefined && backlogFrom !== undefined && backlogFrom >= from && isLater;
  return isOver ? { ...pace, backlogFrom: to } : pace;
};

/** When its owner is to be told; `undefined`: there is nothing to tell. */
export const warnsAt = ({ failingSince, warned }: Pace): Instant | undefined => {
  const after = times.warnings[warned];
  return failingSince === undefined || after === undefined ? undefined : failingSince + after;
};
