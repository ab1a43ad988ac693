import type { Page } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { fraction } from "#functions/values/id.ts";
import { attemptDelivery, type Deliver } from "./attempt-delivery.ts";
import { deliveriesOf, deliveryAt } from "./delivery.store.ts";
import { type Delivery, isFinal } from "./delivery.ts";
import { changePace } from "./pace.store.ts";
import { freeSlots, isResting, lookedThrough, type Pace } from "./pace.ts";

type Lane = { pace: Pace; sent: number; readonly until: Instant };

const pageSize = 25;

/**
 * What waits for an endpoint, in order of time and as fast as it answers: whoever is done with one takes the next, and
 * wakes others while there are slots, so it grows from one at a time to five. Ends when nothing waits, when the endpoint
 * takes no more, or when the time is up and another one goes on. All of it is only sooner than the rows' own due times.
 */
export const drainBacklog = async (on: Deliver, pace: Pace, until: Instant): Promise<void> => {
  const lane: Lane = { pace, sent: 0, until };
  // A pass that sent nothing would send nothing again.
  for (let before = -1; lane.sent > before && isWaitedFor(lane.pace, on.now()); ) {
    before = lane.sent;
    if (!(await onePass(on, lane))) return;
  }
};

const isWaitedFor = (pace: Pace, now: Instant): boolean =>
  pace.backlogFrom !== undefined && !isResting(pace, now);

/** `false`: somebody else goes on. */
const onePass = async (on: Deliver, lane: Lane): Promise<boolean> => {
  const from = lane.pace.backlogFrom;
  let after: Page["next"];
  let nothingYet = true;
  do {
    const page = await readPage(on, lane.pace, after);
    nothingYet &&= page.waiting.length === 0;
    if (nothingYet) await noteEnd(on, lane, from, page.next && Number(page.next["listAt"]));
    if (!(await sendAll(on, lane, page.waiting))) return false;
    after = page.next;
  } while (after);
  return true;
};

const readPage = async ({ table, now }: Deliver, pace: Pace, after: Page["next"]) => {
  const { rows, next } = await table.query("webhooks", {
    ...deliveriesOf(pace.endpointId),
    ...(pace.backlogFrom !== undefined && { from: pace.backlogFrom }),
    limit: pageSize,
    ...(after && { after }),
  });
  const read = await Promise.all(rows.map((key) => deliveryAt(table, key)));
  const waiting = read.filter((each) => each !== undefined).filter((each) => isWaiting(each, pace, now()));
  return { waiting, next };
};

const isWaiting = (delivery: Delivery, { recoveredAt = 0 }: Pace, now: Instant): boolean =>
  !isFinal(delivery.status) &&
  delivery.leaseUntil <= now &&
  (delivery.nextAt <= now || (delivery.status === "waiting" && delivery.updatedAt < recoveredAt));

/** Nothing waits before `to`: nobody looks there again. */
const noteEnd = async (on: Deliver, lane: Lane, from: Instant | undefined, to: Instant | undefined) => {
  const changed = await changePace(on, lane.pace, (pace) => ({ pace: lookedThrough(pace, from, to) }));
  if (changed) lane.pace = changed.pace;
};

const sendAll = async (on: Deliver, lane: Lane, waiting: readonly Delivery[]): Promise<boolean> => {
  // The five do not all reach for the same one.
  const start = Math.floor(fraction(on.random) * waiting.length);
  const turn = [...waiting.slice(start), ...waiting.slice(0, start)];
  for (let next = turn.shift(); next; next = turn.shift()) {
    if (on.now() >= lane.until) {
      await on.wake([next], 0);
      return false;
    }
    const ended = await attemptDelivery(on)(next);
    if (ended.ended === "full") return false;
    if (ended.ended === "sent") await grow(on, Object.assign(lane, { pace: ended.pace }), turn);
  }
  return true;
};

const grow = async (on: Deliver, lane: Lane, turn: Delivery[]): Promise<void> => {
  lane.sent += 1;
  const others = freeSlots(lane.pace, on.now()) - 1;
  if (others > 0) await on.wake(turn.splice(-others), 0);
};
