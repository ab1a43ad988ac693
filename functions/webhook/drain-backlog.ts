import { type Query, type Row, tryCommit } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { fraction } from "#functions/values/id.ts";
import { attemptNext, type Deliver, type Ended } from "./attempt-delivery.ts";
import { deliveriesOf, deliveryAt, lookedAtLater, placeIn } from "./delivery.store.ts";
import { type Delivery, isFinal, isFreed } from "./delivery.ts";
import { changePace, readPace } from "./pace.store.ts";
import { freeSlots, giveBack, type Held, type Pace, takeSlot } from "./pace.ts";

/** Whoever goes on: in one slot, from one delivery to the next. */
type Lane = { held: Held | undefined; readonly until: Instant };

/** Each of the five looks at all of them, from another place on. */
const pageSize = 25;

/**
 * What waits for an endpoint, in order of time and as fast as it answers: whoever is done with one takes the next, and
 * wakes another while there are slots, so it grows from one at a time to five. Ends when nothing waits, when the endpoint
 * takes no more, or when the time is up and another one goes on. All of it is only sooner than the rows' own due times.
 */
export const drainBacklog = async (on: Deliver, { held, next }: Ended, until: Instant): Promise<void> => {
  const lane: Lane = { held, until };
  if (next) await send(on, lane, next);
  const from = lane.held?.pace.backlogFrom;
  for (let last = await onePage(on, lane, { from }); last; )
    last = await onePage(on, lane, { from, after: placeIn(last) });
  await leave(on, lane);
};

/** The last that was looked at, unless there is nothing more, or nobody to go on. */
const onePage = async (
  on: Deliver,
  lane: Lane,
  { from = 0, after }: { from: Instant | undefined; after?: Query["after"] },
): Promise<Row | undefined> => {
  if (lane.held?.pace.backlogFrom === undefined) return undefined;
  const place = deliveriesOf(lane.held.pace.endpointId);
  const { rows } = await on.table.query("webhooks", {
    ...place,
    from,
    ...(after && { after }),
    limit: pageSize,
  });
  await sendWaiting(on, lane, rows);
  const last = rows.at(-1);
  if (lane.held) lane.held = { ...lane.held, through: { from, to: last && Number(last["listAt"]) } };
  return last;
};

/** A slot for whoever was woken to go on, if there still is one and something to do. */
export const join = async (on: Deliver, { endpointId, storeId }: Delivery): Promise<Ended> => {
  const seen = await readPace(on.table, { endpointId, storeId });
  const joined = await changePace(on, seen, (pace) => {
    const taken = pace.backlogFrom === undefined ? undefined : takeSlot(pace, pace.backlogFrom, on.now());
    return taken?.got === "slot" ? taken : undefined;
  });
  return { sent: false, held: joined };
};

/** Afterwards nothing there waits for a slot: what is not sent has its own time. */
const sendWaiting = async (on: Deliver, lane: Lane, keys: readonly Row[]): Promise<void> => {
  // The five do not all reach for the same one.
  const start = Math.floor(fraction(on.random) * keys.length);
  for (const key of [...keys.slice(start), ...keys.slice(0, start)]) {
    // Read when its turn comes: by then another may have sent it.
    const delivery = await deliveryAt(on.table, key);
    if (!lane.held) return;
    if (delivery) await sendWhereWaiting(on, lane, lane.held, delivery);
  }
};

const sendWhereWaiting = (on: Deliver, lane: Lane, { pace }: Held, delivery: Delivery): Promise<void> =>
  isWaiting(delivery, pace, on.now()) || on.now() >= lane.until
    ? send(on, lane, delivery)
    : lookAsAsked(on, delivery, pace);

/** Its endpoint is back, but asked for a later time of this one: it goes out then, not along its schedule. */
const lookAsAsked = async (on: Deliver, delivery: Delivery, { recoveredAt = 0 }: Pace): Promise<void> => {
  const { askedUntil = 0, nextAt } = delivery;
  if (askedUntil < nextAt && isFreed(delivery, recoveredAt, askedUntil))
    await tryCommit(on.table, [lookedAtLater(delivery, askedUntil)]);
};

const isWaiting = (delivery: Delivery, { recoveredAt = 0 }: Pace, now: Instant): boolean =>
  !isFinal(delivery.status) &&
  delivery.leaseUntil <= now &&
  (delivery.nextAt <= now || isFreed(delivery, recoveredAt, now));

/** One, and what waits for it. */
const send = async (on: Deliver, lane: Lane, first: Delivery): Promise<void> => {
  for (let next: Delivery | undefined = first; next && lane.held; ) {
    if (on.now() >= lane.until) return leave(on, lane, [next]);
    const ended: Ended = await attemptNext(on, next, lane.held);
    lane.held = ended.held;
    if (ended.sent && ended.held) await grow(on, ended.held, next);
    next = ended.next;
  }
};

/** Whoever is woken finds this one done, and goes on. */
const grow = async (on: Deliver, { pace }: Held, sent: Delivery): Promise<void> => {
  if (pace.backlogFrom !== undefined && freeSlots(pace, on.now()) > 0) await on.wake([sent], 0);
};

/** Another one goes on with these. */
const leave = async (on: Deliver, lane: Lane, others: readonly Delivery[] = []): Promise<void> => {
  const { held } = lane;
  lane.held = undefined;
  if (held) await changePace(on, held.pace, (pace) => ({ pace: giveBack(pace, held, on.now()) }));
  if (others.length > 0) await on.wake(others, 0);
};
