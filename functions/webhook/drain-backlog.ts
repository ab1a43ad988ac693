import { type Query, type Row, tryCommit } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { fraction } from "#functions/values/id.ts";
import { attemptNext, type Deliver, type Ended } from "./attempt-delivery.ts";
import { deliveriesOf, deliveryAt, lookedAtLater, placeIn } from "./delivery.store.ts";
import { type Delivery, isFreed } from "./delivery.ts";
import { changePace } from "./pace.store.ts";
import { freeSlots, giveBack, goRound, type Held, isDue, type Pace } from "./pace.ts";

/** Whoever goes on: in one slot, from one delivery to the next. */
type Lane = { held: Held | undefined; readonly until: Instant };
type Place = NonNullable<Query["after"]>;

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
  while (lane.held?.pace.backlogFrom !== undefined) await goThrough(on, lane);
  await leave(on, lane);
};

const goThrough = async (on: Deliver, lane: Lane): Promise<void> => {
  for (let last = await onePage(on, lane); last; ) last = await onePage(on, lane, placeIn(last));
  const { held } = lane;
  if (!held) return;
  const after = await changePace(on, held.pace, (pace) => goRound(pace, held, on.now()));
  lane.held = after && "slot" in after ? after : undefined;
};

/** The last that was looked at, unless there is nothing more, or nobody to go on. */
const onePage = async (on: Deliver, lane: Lane, after?: Place): Promise<Row | undefined> => {
  if (lane.held?.pace.backlogFrom === undefined) return undefined;
  const { endpointId, backlogFrom } = lane.held.pace;
  const from = after ? Number(after["listAt"]) : backlogFrom;
  const page = { from, limit: pageSize, ...(after && { after }) };
  const { rows } = await on.table.query("webhooks", { ...deliveriesOf(endpointId), ...page });
  await sendWaiting(on, lane, rows);
  const last = rows.at(-1);
  if (lane.held)
    lane.held = {
      ...lane.held,
      through: { from: lane.held.through?.from ?? from, to: last && Number(last["listAt"]) },
    };
  return last;
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
  isDue(delivery, pace, on.now()) || on.now() >= lane.until
    ? send(on, lane, delivery)
    : lookAsAsked(on, delivery, pace);

/** Its endpoint is back, but asked for a later time of this one: it goes out then, not along its schedule. */
const lookAsAsked = async (on: Deliver, delivery: Delivery, { recoveredAt = 0 }: Pace): Promise<void> => {
  const { askedUntil = 0, nextAt } = delivery;
  if (askedUntil < nextAt && isFreed(delivery, recoveredAt, askedUntil))
    await tryCommit(on.table, [lookedAtLater(delivery, askedUntil)]);
};

/** One, and what waits for it. */
const send = async (on: Deliver, lane: Lane, first: Delivery): Promise<void> => {
  for (let next: Delivery | undefined = first; next && lane.held; ) {
    if (on.now() >= lane.until) return leave(on, lane, [next]);
    const ended: Ended = await attemptOrPass(on, next, lane.held);
    lane.held = ended.held;
    if (ended.sent && ended.held) await grow(on, ended.held, next);
    next = ended.next;
  }
};

/** What fails, for it cannot be read, say, has its own time: it must hold up nothing that waits behind it. */
const attemptOrPass = async (on: Deliver, delivery: Delivery, held: Held): Promise<Ended> => {
  try {
    return await attemptNext(on, delivery, held);
  } catch (error) {
    const { endpointId, eventId } = delivery;
    on.log.error("a delivery is passed over", error, { endpointId, eventId });
    return { sent: false, held };
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
