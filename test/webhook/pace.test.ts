import fc from "fast-check";
import { expect, test } from "vitest";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import {
  afterAttempt,
  freeSlots,
  giveBack,
  goOn,
  most,
  newPace,
  Pace,
  slotToGoOn,
  takeSlot,
  times,
  warnsAt,
} from "#functions/webhook/pace.ts";
import { storeId } from "../outbox/an-event.ts";

const fresh = newPace({ endpointId: "we_00000000000000000000000001", storeId });
const failing = (count: number, from = fresh, status = 500): Pace =>
  Array.from({ length: count }).reduce((pace: Pace) => afterAttempt(pace, { status }, 0), from);
const back = (pace: Pace, now: number) => afterAttempt(pace, { status: 200, latencyMs: 10 }, now);

const lookedThrough = (pace: Pace, from = 0, to?: number) =>
  giveBack(pace, { pace, slot: 0, through: { from, to } }, 0);

type Held = { readonly pace: Pace; readonly now: number; readonly held: readonly number[] };
type Act = {
  readonly act: "take" | "end" | "die";
  readonly passes: number;
  readonly status: number | undefined;
};

/** Somebody takes a slot, gives one back, or dies and gives none back. */
const after = ({ pace, now, held }: Held, { act, passes, status }: Act): Held => {
  const later = now + passes;
  const left = held.filter((until) => later < until);
  const [slot, ...others] = left;
  if (act === "end" && slot !== undefined) {
    const ended = afterAttempt(giveBack(pace, { pace, slot }, later), { status }, later);
    return { now: later, held: others, pace: ended };
  }
  const taken = takeSlot(pace, later, later);
  if (act !== "take" || taken.got !== "slot") return { now: later, held: left, pace };
  return { now: later, held: [...left, taken.slot], pace: taken.pace };
};

test("whatever comes, there are never more than five slots, a slot ends by itself, and the row stays valid", () => {
  const acts = fc.record({
    act: fc.constantFrom("take" as const, "take" as const, "end" as const, "die" as const),
    passes: fc.nat(20_000),
    status: fc.constantFrom(200, 429, 500, undefined),
  });
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 60 }), (all) => {
      all.reduce<Held>(
        (before, act) => {
          const next = after(before, act);
          expect(next.held.length).toBeLessThanOrEqual(most);
          expect(next.pace.slots.filter((until) => next.now < until)).toHaveLength(next.held.length);
          expect(Pace.safeParse(next.pace).success).toBe(true);
          return next;
        },
        { pace: fresh, now: hours(1), held: [] },
      );
    }),
  );
});

test("five failures in a row are left alone, ever longer and five minutes at most; one success ends it", () => {
  expect(takeSlot(failing(times.failures - 1), 0, 1).got).toBe("slot");
  expect(failing(5).restsUntil).toBe(seconds(30));
  expect(failing(6).restsUntil).toBe(minutes(1));
  expect(failing(50).restsUntil).toBe(minutes(5));
  expect(takeSlot(failing(5), 0, seconds(29)).got).toBe("rest");
  const probe = takeSlot(failing(5), 0, seconds(31));
  expect(probe.got).toBe("slot");
  expect(takeSlot(probe.pace, 0, seconds(31)).got).toBe("rest");
  expect(back(failing(5), 7)).toMatchObject({
    failures: 0,
    window: 2,
    recoveredAt: 7,
    restsUntil: undefined,
  });
});

test("a single failure among successes changes nothing for the others", () => {
  const single = back(failing(1), 1);
  expect(single).toMatchObject({ window: most, failures: 0 });
  expect([single.recoveredAt, single.backlogFrom, single.failingSince]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([429, 502, 503, 504])(
  "%d halves what goes out at once, and each success gives one back",
  (status) => {
    const slowed = failing(1, fresh, status);
    expect([slowed.window, failing(1, slowed, status).window]).toEqual([2, 1]);
    expect(back(slowed, 1).window).toBe(3);
    expect(freeSlots(slowed, 0)).toBe(2);
  },
);

test("an endpoint that asks for time is left alone for it, an hour at most", () => {
  const asked = (retryAfter: string) => afterAttempt(fresh, { status: 429, retryAfter }, 0).restsUntil;
  expect([asked("120"), asked("86400")]).toEqual([minutes(2), hours(1)]);
  expect(afterAttempt(fresh, { status: 400, retryAfter: "120" }, 0).restsUntil).toBeUndefined();
});

test("what waits is looked for from its first on, and where nobody else has said so meanwhile no longer", () => {
  const waited = { ...fresh, backlogFrom: 10 };
  expect(lookedThrough(waited, 10, 20).backlogFrom).toBe(20);
  expect(lookedThrough(waited, 10, undefined).backlogFrom).toBeUndefined();
  expect(lookedThrough({ ...fresh, backlogFrom: 5 }, 10, undefined).backlogFrom).toBe(5);
  expect(lookedThrough({ ...fresh, backlogFrom: 30 }, 10, 20).backlogFrom).toBe(30);
});

test("what waits for an endpoint's return is not forgotten by who looks before it is back", () => {
  const resting = failing(5, { ...fresh, backlogFrom: 10 });
  const over = (resting.restsUntil ?? 0) + 1;
  const { backlogFrom } = resting;
  expect(lookedThrough(resting, backlogFrom, undefined).backlogFrom).toBe(backlogFrom);
  expect(lookedThrough(back(resting, over), backlogFrom, undefined).backlogFrom).toBeUndefined();
});

test("whether it is back is tried with one that is due, not by who looks for one", () => {
  const resting = failing(5, { ...fresh, backlogFrom: 10 });
  const over = (resting.restsUntil ?? 0) + 1;
  expect(takeSlot(resting, 10, over).got).toBe("slot");
  expect(slotToGoOn(resting, over)).toBeUndefined();
  expect(slotToGoOn(back(resting, over), over)).toMatchObject({ got: "slot" });
  expect(slotToGoOn(fresh, over)).toBeUndefined();
});

test("one that was made long ago and fails as its endpoint is tried is found once that is back", () => {
  const resting = failing(5, { ...fresh, failingSince: hours(30) });
  const probed = takeSlot(resting, 0, hours(31));
  if (probed.got !== "slot") throw new Error("nobody tries whether it is back");
  const attempt = { attempted: { status: 500 }, createdAt: hours(1), nextSince: undefined, now: hours(31) };
  expect(goOn(probed.pace, probed, attempt).pace.backlogFrom).toBe(hours(1));
});

test("a week of days is counted, and no more", () => {
  const week = Array.from({ length: 9 }, (_, day) => day).reduce(
    (pace, day) => afterAttempt(back(pace, days(day)), { reason: "timeout", latencyMs: 30 }, days(day)),
    fresh,
  );
  expect(week.days).toHaveLength(7);
  expect(week.days.at(-1)).toEqual({
    day: "1970-01-09",
    succeeded: 1,
    failed: 1,
    latencyMs: 40,
    slowestMs: 30,
  });
});

test("its owner is told after an hour, a day and three days of failure, and then no more", () => {
  const since = failing(1);
  expect([0, 1, 2, 3].map((warned) => warnsAt({ ...since, warned }))).toEqual([
    hours(1),
    hours(24),
    hours(72),
    undefined,
  ]);
  expect(warnsAt(back(since, 1))).toBeUndefined();
});
