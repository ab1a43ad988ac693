import type { EventEnvelope } from "#events/define-event.ts";
import { eventId as eventIdOf } from "#functions/outbox/outbox.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { fraction, type RandomBytes } from "#functions/values/id.ts";
import { type DeliveryId, readDelivery, savedDelivery } from "./delivery.store.ts";
import {
  type Attempted,
  afterAttempt,
  type Delivery,
  isFinal,
  isSuccess,
  moved,
  putOff,
  startedAt,
  times,
} from "./delivery.ts";
import { disabledEndpoint, provenEndpoint } from "./endpoint.store.ts";
import { withProof } from "./ownership.ts";
import { changePace, readPace } from "./pace.store.ts";
import { type Pace, afterAttempt as paceAfter, takeSlot, withoutSlot } from "./pace.ts";
import { type Prepare, type Prepared, prepareWebhook, type Ready } from "./prepare-webhook.ts";
import { type Sends, sendWebhook } from "./send-webhook.ts";
import { lookOnRecord } from "./tell-customer.ts";
import { type WakeSender, wakeSoon } from "./wake-sender.ts";

export type Deliver = Prepare &
  Sends & {
    readonly table: Table;
    readonly wake: WakeSender;
    readonly random: RandomBytes;
    readonly log: Log;
  };

/**
 * `sent`: there was an attempt, and what it says of the endpoint. `over`: somebody else was faster. `full`: the endpoint takes
 * no more for now.
 */
export type Ended =
  | { readonly ended: "sent"; readonly pace: Pace }
  | { readonly ended: "over"; readonly delivery: Delivery }
  | { readonly ended: "full" | "nothing" };
const nothing: Ended = { ended: "nothing" };

/**
 * Makes one attempt if the delivery is due, nobody else is at it and its endpoint has a slot for it. The receiver may get
 * it again after a crash, never not: the row stays due until an attempt's outcome is written.
 */
export const attemptDelivery =
  (on: Deliver) =>
  async (id: DeliveryId): Promise<Ended> => {
    const delivery = await readDelivery(on.table, id);
    if (!delivery) return nothing;
    if (isFinal(delivery.status)) return { ended: "over", delivery };
    return (await isDue(on, delivery)) ? inTurn(on, delivery) : nothing;
  };

const inTurn = async (on: Deliver, delivery: Delivery): Promise<Ended> => {
  const prepared = await prepareWebhook(on)(delivery);
  if (!prepared.ready) return end(on, delivery, prepared);
  const isInTurn = await orderOf(on, delivery, prepared);
  const age = on.now() - startedAt(delivery);
  if (isInTurn || age >= times.hold) return inSlot(on, delivery, prepared, !isInTurn);
  await on.wake([delivery], holdSeconds(age));
  return nothing;
};

/**
 * A wake-up may be a second early: clocks differ. One that is earlier is none of ours, but where an endpoint is back
 * what waited for it need not wait any longer.
 */
const isDue = async (on: Deliver, delivery: Delivery): Promise<boolean> => {
  const now = on.now();
  const { status, leaseUntil, nextAt, updatedAt } = delivery;
  if (leaseUntil > now) return false;
  if (nextAt <= now + seconds(1)) return true;
  return status === "waiting" && updatedAt < ((await readPace(on.table, delivery)).recoveredAt ?? 0);
};

const end = async (
  on: Deliver,
  delivery: Delivery,
  { status, reason }: Prepared & { ready: false },
): Promise<Ended> => {
  await tryCommit(on.table, [savedDelivery(delivery, moved(delivery, status, on.now(), { reason }))]);
  return nothing;
};

/** A snapshot says all that those before it would, so it waits for none and closes them instead, the oldest first. */
const orderOf = async (on: Deliver, delivery: Delivery, prepared: Ready): Promise<boolean> => {
  if (delivery.previousEventId === undefined) return true;
  const previous = await readDelivery(on.table, { ...delivery, eventId: delivery.previousEventId });
  if (previous && isFinal(previous.status)) return true;
  if (prepared.repeats || !previous || previous.leaseUntil > on.now()) return false;
  if (!(await orderOf(on, previous, prepared))) return false;
  const closed = moved(previous, "superseded", on.now(), { reason: "newer_snapshot" });
  return (await tryCommit(on.table, [savedDelivery(previous, closed)])).length === 0;
};

/** Mostly the one before is only seconds away; what waits for minutes is asked less often. */
const holdSeconds = (age: number): number => Math.min(30, Math.max(1, Math.ceil(age / 2_000)));

const inSlot = async (
  on: Deliver,
  delivery: Delivery,
  prepared: Ready,
  outOfOrder: boolean,
): Promise<Ended> => {
  const { createdAt } = delivery;
  const seen = await readPace(on.table, delivery);
  const taken = await changePace(on, seen, (pace) => takeSlot(pace, createdAt, on.now()));
  if (taken?.got === "rest") await leaveAlone(on, delivery, taken.pace);
  if (taken?.got !== "slot") return { ended: "full" };
  const attempted = await attempt(on, delivery, prepared, outOfOrder);
  const after = await changePace(on, taken.pace, (pace) => {
    const left = withoutSlot(pace, taken.slot, on.now());
    return { pace: attempted ? paceAfter(left, attempted, on.now()) : left };
  });
  if (isSuccess(attempted?.status) && prepared.repeats) await wakeNext(on, delivery, prepared.event);
  return attempted && after ? { ended: "sent", pace: after.pace } : nothing;
};

/** What waits for this one is told that it went; where another fact lies between, it finds out by itself a second later. */
const wakeNext = async (on: Deliver, { endpointId, eventId }: DeliveryId, event: EventEnvelope) => {
  const nextId = eventIdOf({ ...event, version: event.version + 1 });
  const next = await readDelivery(on.table, { endpointId, eventId: nextId });
  if (next?.status === "pending" && next.previousEventId === eventId) await wakeSoon(on, [next]);
};

const leaveAlone = async (on: Deliver, delivery: Delivery, { restsUntil = 0 }: Pace): Promise<void> => {
  const now = on.now();
  const after = putOff(delivery, { now, until: restsUntil, random: fraction(on.random) });
  const lost = await tryCommit(on.table, [savedDelivery(delivery, after)]);
  if (lost.length === 0) await wakeInTime(on, after);
};

const attempt = async (
  on: Deliver,
  delivery: Delivery,
  prepared: Ready,
  outOfOrder: boolean,
): Promise<Attempted | undefined> => {
  const at = on.now();
  const claimed = moved(delivery, "delivering", at, {
    attempts: delivery.attempts + 1,
    leaseUntil: at + times.lease,
    outOfOrder,
    bodyDigest: delivery.bodyDigest ?? prepared.bodyDigest,
  });
  if (prepared.bodyDigest !== claimed.bodyDigest) {
    on.log.warn("a retry says something else than the first attempt", logged(claimed));
  }
  const lost = await tryCommit(on.table, [savedDelivery(delivery, claimed)]);
  if (lost.length > 0) return undefined;
  if (prepared.shows) await tryCommit(on.table, [lookOnRecord(claimed, prepared.shows, at)]);
  const attempted = withProof(await sendWebhook(on, claimed, prepared, at), prepared.challenge);
  await record(on, claimed, attempted, prepared);
  return attempted;
};

const record = async (
  on: Deliver,
  claimed: Delivery,
  attempted: Attempted,
  { endpoint, challenge }: Ready,
): Promise<void> => {
  const now = on.now();
  const after = afterAttempt(claimed, attempted, { now, random: fraction(on.random) });
  on.log.info("webhook attempted", { ...logged(after), status: attempted.status ?? 0, code: after.status });
  const saved = savedDelivery(claimed, { ...after, leaseUntil: now });
  // An endpoint that somebody removed meanwhile can't be disabled, nor proven twice: then only the delivery ends.
  const gone = after.reason === "gone" ? [disabledEndpoint(endpoint)] : [];
  const isProof = challenge !== undefined && after.status === "delivered";
  const beside = [...gone, ...(isProof ? [provenEndpoint(endpoint, now)] : [])];
  const lost = await tryCommit(on.table, [saved, ...beside]);
  if (lost.length > 0 && beside.length > 0) await tryCommit(on.table, [saved]);
  await wakeInTime(on, after);
};

/** A longer wait is the sweeper's. */
const wakeInTime = async (on: Deliver, after: Delivery): Promise<void> => {
  const wait = after.nextAt - on.now();
  if (after.status === "waiting" && wait <= times.longestDelay)
    await on.wake([after], Math.max(0, Math.ceil(wait / 1_000)));
};

const logged = ({ storeId, endpointId, eventId, type, attempts, reason }: Delivery) => ({
  storeId,
  endpointId,
  eventId,
  eventType: type,
  attempt: attempts,
  ...(reason === undefined ? {} : { reason }),
});
