import { eventId as eventIdOf } from "#functions/outbox/outbox.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { fraction, type RandomBytes } from "#functions/values/id.ts";
import { readDelivery, savedDelivery } from "./delivery.store.ts";
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
import type { Endpoint } from "./endpoint.ts";
import { withProof } from "./ownership.ts";
import { changePace, readPace } from "./pace.store.ts";
import { goOn, type Held, isDue, isFree, type Pace, slotToGoOn, takeSlot } from "./pace.ts";
import { type Never, openEndpoint, type Prepare, prepareWebhook, type Ready } from "./prepare-webhook.ts";
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

/** Whether there was an attempt; what waits for it; and the slot, if there still is one, to go on in or to give back. */
export type Ended = {
  readonly sent: boolean;
  readonly next?: Delivery | undefined;
  readonly held: Held | undefined;
};

/**
 * Makes one attempt if the delivery is due, nobody else is at it and its endpoint has a slot for it. The receiver may get
 * it again after a crash, never not: the row stays due until an attempt's outcome is written. Whoever has nothing to
 * attempt goes on with what waits.
 */
export const attemptDelivery = async (on: Deliver, delivery: Delivery): Promise<Ended> => {
  const seen = await readPace(on.table, delivery);
  const turn = await turnOf(on, delivery, seen);
  // Where many wait, most looks end without a slot, and read no more than this.
  if (turn && !isFree(seen, on.now()))
    return { sent: false, next: delivery, held: await slotFor(on, delivery, seen) };
  const ready = turn && (await readyFor(on, turn));
  if (!ready) return { sent: false, held: await join(on, seen) };
  const held = await slotFor(on, delivery, seen);
  return held ? inSlot(on, turn, held, ready) : { sent: false, held };
};

/** The same for whoever has a slot already. */
export const attemptNext = async (on: Deliver, delivery: Delivery, held: Held): Promise<Ended> => {
  const turn = await turnOf(on, delivery, held.pace);
  const ready = turn && (await readyFor(on, turn));
  return ready ? inSlot(on, turn, held, ready) : { sent: false, held };
};

/** `waits`: the one before it has not gone yet. */
type Turn = { readonly delivery: Delivery; readonly endpoint: Endpoint; readonly waits: boolean };

const turnOf = async (on: Deliver, delivery: Delivery, pace: Pace): Promise<Turn | undefined> => {
  if (!isDue(delivery, pace, on.now())) return undefined;
  const endpoint = await openEndpoint(on, delivery);
  if ("ready" in endpoint) return end(on, delivery, endpoint);
  return { delivery, endpoint, waits: !(await isNext(on, delivery, on.kinds[endpoint.kind].constant)) };
};

const readyFor = async (on: Deliver, turn: Turn): Promise<Ready | undefined> => {
  const age = on.now() - startedAt(turn.delivery);
  if (turn.waits && age < times.hold) {
    await on.wake([turn.delivery], holdSeconds(age));
    return undefined;
  }
  const prepared = await prepareWebhook(on, turn);
  return prepared.ready ? prepared : end(on, turn.delivery, prepared);
};

const end = async (on: Deliver, delivery: Delivery, { status, reason }: Never): Promise<undefined> => {
  await tryCommit(on.table, [savedDelivery(delivery, moved(delivery, status, on.now(), { reason }))]);
};

/** A snapshot says all that those before it would, so it waits for none and closes them instead, the oldest first. */
const isNext = async (on: Deliver, delivery: Delivery, repeats: boolean): Promise<boolean> => {
  if (delivery.previousEventId === undefined) return true;
  const previous = await readDelivery(on.table, { ...delivery, eventId: delivery.previousEventId });
  if (previous && isFinal(previous.status)) return true;
  if (repeats || !previous || previous.leaseUntil > on.now()) return false;
  if (!(await isNext(on, previous, repeats))) return false;
  const closed = moved(previous, "superseded", on.now(), { reason: "newer_snapshot" });
  return (await tryCommit(on.table, [savedDelivery(previous, closed)])).length === 0;
};

/** Mostly the one before is only seconds away; what waits for minutes is asked less often, and as its hold ends. */
const holdSeconds = (age: number): number =>
  Math.ceil(Math.min(seconds(30), Math.max(seconds(1), age / 2), times.hold - age) / seconds(1));

/** Whoever goes on finds what finds no slot; it asks again all the same, after as long as it has waited. */
const slotFor = async (on: Deliver, delivery: Delivery, seen: Pace): Promise<Held | undefined> => {
  const taken = await changePace(on, seen, (pace) => takeSlot(pace, delivery.createdAt, on.now()));
  if (taken?.got === "slot") return taken;
  if (taken?.got === "rest") await leaveAlone(on, delivery, taken.pace);
  else await askAgain(on, delivery);
  return undefined;
};

/** Until the sweeper asks in its stead: each of its wake-ups would have further ones follow. */
const askAgain = async (on: Deliver, delivery: Delivery): Promise<void> => {
  const age = on.now() - startedAt(delivery);
  if (age < times.grace) await on.wake([delivery], Math.ceil(Math.max(seconds(5), age) / 1_000));
};

/** A slot for whoever goes on, if there is one and something to do. */
const join = async (on: Deliver, seen: Pace): Promise<Held | undefined> =>
  changePace(on, seen, (pace) => slotToGoOn(pace, on.now()));

const inSlot = async (on: Deliver, turn: Turn, held: Held, ready: Ready): Promise<Ended> => {
  const { createdAt } = turn.delivery;
  const attempted = await attempt(on, turn, ready);
  if (!attempted) return { sent: false, held };
  const next = isSuccess(attempted.status) && ready.repeats ? await followerOf(on, turn, ready) : undefined;
  const after = await changePace(on, held.pace, (pace) =>
    goOn(pace, held, { attempted, createdAt, nextSince: next?.createdAt, now: on.now() }),
  );
  if (after && "slot" in after) return { sent: true, held: after, next };
  if (next) await wakeSoon(on, [next]);
  return { sent: true, held: undefined };
};

/** Where another fact lies between, what waits for this one finds out by itself a second later. */
const followerOf = async (
  on: Deliver,
  { delivery: { endpointId, eventId } }: Turn,
  { event }: Ready,
): Promise<Delivery | undefined> => {
  const nextId = eventIdOf({ ...event, version: event.version + 1 });
  const next = await readDelivery(on.table, { endpointId, eventId: nextId });
  return next?.status === "pending" && next.previousEventId === eventId ? next : undefined;
};

const leaveAlone = async (on: Deliver, delivery: Delivery, { restsUntil = 0 }: Pace): Promise<void> => {
  const now = on.now();
  const after = putOff(delivery, { now, until: restsUntil, random: fraction(on.random) });
  const lost = await tryCommit(on.table, [savedDelivery(delivery, after)]);
  if (lost.length === 0) await wakeInTime(on, after);
};

const attempt = async (
  on: Deliver,
  { delivery, waits }: Turn,
  prepared: Ready,
): Promise<Attempted | undefined> => {
  const at = on.now();
  const claimed = moved(delivery, "delivering", at, {
    attempts: delivery.attempts + 1,
    leaseUntil: at + times.lease,
    outOfOrder: waits,
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
