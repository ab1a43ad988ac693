import fc from "fast-check";
import { expect, test } from "vitest";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import {
  afterAttempt,
  type Delivery,
  isFinal,
  moved,
  moves,
  nextLook,
  Status,
  schedule,
  times,
  waitAfter,
} from "#functions/webhook/delivery.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { storeId } from "../outbox/an-event.ts";

const aDelivery = (more: Partial<Delivery> = {}): Delivery => ({
  endpointId: newId("we", seededBytes(1)),
  storeId,
  eventId: "evt_1",
  type: "order.placed",
  eventAt: { pk: "a", sk: "b" },
  status: "delivering",
  version: 3,
  attempts: 1,
  nextAt: 0,
  leaseUntil: 0,
  outOfOrder: false,
  createdAt: 0,
  updatedAt: 0,
  ...more,
});

test.each(Status.options.flatMap((from) => Status.options.map((to) => [from, to] as const)))(
  "from %s to %s only as the table says",
  (from, to) => {
    const move = () => moved(aDelivery({ status: from }), to, 7);
    if ((moves[from] as readonly string[]).includes(to)) {
      expect(move()).toMatchObject({ status: to, version: 4, updatedAt: 7 });
    } else expect(move).toThrow();
  },
);

const after = (attempted: Parameters<typeof afterAttempt>[1], more: Partial<Delivery> = {}, now = 1_000) =>
  afterAttempt(aDelivery(more), attempted, { now, random: 0.5 });

test.each([200, 201, 202, 204, 299])("%d is delivered", (status) => {
  expect(after({ status }).status).toBe("delivered");
});

test.each([100, 300, 301, 302, 307, 308, 400, 401, 404, 409, 429, 500, 502, 503, 504])(
  "%d is tried again",
  (status) => {
    expect(after({ status })).toMatchObject({ status: "waiting", lastStatus: status, nextAt: 6_000 });
  },
);

test("410 ends it", () => {
  expect(after({ status: 410 })).toMatchObject({ status: "canceled", reason: "gone" });
});

test("an attempt without an answer is tried again and says why", () => {
  expect(after({ reason: "timeout" })).toMatchObject({ status: "waiting", reason: "timeout" });
});

test("the waits are those of Standard Webhooks, then a day", () => {
  const waits = Array.from({ length: 12 }, (_, index) => waitAfter(index + 1, 0.5));
  expect(waits).toEqual([...schedule, hours(24), hours(24), hours(24)]);
  expect(schedule.slice(0, 9).reduce((sum, wait) => sum + wait, 0)).toBe(
    hours(75) + minutes(35) + seconds(5),
  );
});

test("each wait is spread by a fifth either way and no further", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const middle = waitAfter(attempts, 0.5);
        expect(waitAfter(attempts, random)).toBeGreaterThanOrEqual(Math.floor(middle * 0.8));
        expect(waitAfter(attempts, random)).toBeLessThanOrEqual(Math.ceil(middle * 1.2));
      },
    ),
  );
});

test.each([
  ["120", 121_000],
  ["1", 6_000],
  ["-5", 6_000],
  ["soon", 6_000],
  ["", 6_000],
  ["999999999", 1_000 + days(1)],
  ["Thu, 01 Jan 1970 00:10:00 GMT", 600_000],
  ["Fri, 01 Jan 2100 00:00:00 GMT", 1_000 + days(1)],
])("Retry-After %j is honored within a day and never sooner than our own wait", (retryAfter, nextAt) => {
  for (const status of [429, 503]) expect(after({ status, retryAfter }).nextAt).toBe(nextAt);
});

test("is parked when its next attempt would lie beyond thirty days", () => {
  const now = times.giveUp - hours(23);
  expect(after({ status: 500 }, { attempts: 20 }, now)).toMatchObject({ status: "parked", lastStatus: 500 });
  expect(after({ status: 500 }, { attempts: 20 }, now - hours(2)).status).toBe("waiting");
});

test("every delivery that is not over has somebody who looks at it again", () => {
  for (const status of Status.options) {
    expect(nextLook(aDelivery({ status })) === undefined).toBe(isFinal(status));
  }
});
