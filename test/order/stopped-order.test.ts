import { describe, expect, test } from "vitest";
import type { Dispute } from "#functions/order/dispute.ts";
import {
  cancelingAnew,
  dueDisputes,
  expiryWarningAt,
  goesBack,
  isStopped,
  nextLook,
  type Order,
  Status,
  timers,
  times,
  wasCaptured,
  watched,
} from "#functions/order/order.ts";
import { aDispute, anOrder, now } from "../examples.ts";

const evidenceDueBy = now + 10 * times.evidenceWarning;
const warning = evidenceDueBy - times.evidenceWarning;
const open = (given: Partial<Dispute> = {}) => aDispute({ status: "open", evidenceDueBy, ...given });
const { evidenceDueBy: _, ...unasked } = open();
const inquiry = { ...unasked, kind: "inquiry" as const };
const lost = aDispute({ status: "lost", evidenceDueBy });
const lease = now + 7;
const stopped = (given: Partial<Order> = {}) =>
  anOrder({ status: "placed", leaseUntil: lease, disputes: [unasked], ...given });

test("a sweeper moves what is under way", () => {
  expect([timers.placed.by, timers.canceling.by]).toEqual(["order/sweep-orders", "order/sweep-orders"]);
});

test("what is canceled or about to be goes back", () => {
  expect(Status.options.filter((status) => goesBack({ status }))).toEqual(["canceling", "canceled"]);
});

test("a decision to cancel takes the order out of every run's hands, and the next need not wait", () => {
  const order = anOrder({ status: "confirmed", epoch: 3, revision: 4, version: 2 });
  expect(cancelingAnew(order, "fraudulent", now)).toMatchObject({
    version: 3,
    status: "canceling",
    cancelReason: "fraudulent",
    canceledAt: now,
    epoch: 4,
    revision: 5,
    leaseUntil: now,
  });
});

describe("money was taken", () => {
  const order = (state: Order["payment"]["state"]) => anOrder({ payment: { state, amount: 5, attempt: 1 } });

  test("where we know it, or the PaymentIntent says so", () => {
    expect(wasCaptured(order("captured"))).toBe(true);
    expect(wasCaptured(order("refunded"))).toBe(true);
    expect(wasCaptured(order("authorized"), { amountReceived: 1 })).toBe(true);
  });

  test("and nowhere else", () => {
    for (const state of ["not_required", "authorized", "voided"] as const) {
      expect(wasCaptured(order(state))).toBe(false);
      expect(wasCaptured(order(state), { amountReceived: 0 })).toBe(false);
    }
  });
});

describe("a bank stops", () => {
  test("an order that is to be shipped by asking, and by taking its money", () => {
    expect([inquiry, unasked, lost].map((each) => isStopped(stopped({ disputes: [each] })))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isStopped(stopped({ disputes: [] }))).toBe(false);
  });

  test("one that goes back by an open chargeback alone", () => {
    const isHeld = (...disputes: Dispute[]) => isStopped(stopped({ status: "canceling", disputes }));
    expect([isHeld(inquiry), isHeld(lost), isHeld()]).toEqual([false, false, false]);
    expect(isHeld(lost, unasked)).toBe(true);
  });
});

describe("while a bank decides, somebody looks", () => {
  test("at once, and from then on once a day, but never into a run", () => {
    expect(nextLook(stopped())).toBe(lease);
    expect(nextLook(stopped({ watchedAt: now }))).toBe(now + times.watch);
    expect(nextLook(stopped({ watchedAt: now - times.watch }))).toBe(lease);
    expect(watched(stopped(), lease - 1)).toBeUndefined();
    expect(watched(stopped({ revision: 2 }), lease)).toEqual(stopped({ watchedAt: lease, revision: 3 }));
    expect(watched(stopped({ watchedAt: now }), lease)).toBeUndefined();
    expect(watched(stopped({ watchedAt: now }), now + times.watch)).toMatchObject({ revision: 2 });
  });

  test("as often as ever once the bank has decided: what it took stays due", () => {
    expect(nextLook(stopped({ disputes: [lost], watchedAt: now }))).toBe(lease);
    expect(watched(stopped({ disputes: [lost] }), lease)).toBeUndefined();
    expect(watched(stopped({ disputes: [] }), lease)).toBeUndefined();
  });

  test("at an order that rests only when evidence is due", () => {
    expect(nextLook(stopped({ status: "confirmed" }))).toBeUndefined();
    expect(watched(stopped({ status: "confirmed" }), now + times.watch)).toBeUndefined();
  });
});

describe("evidence that is due", () => {
  const asked = (given: Partial<Order> = {}) =>
    anOrder({ status: "confirmed", disputes: [lost, open()], ...given });

  test("is told of a day before, and every day until the bank has closed the dispute", () => {
    expect(nextLook(asked())).toBe(warning);
    expect(nextLook(asked({ watchedAt: warning - 1 }))).toBe(warning);
    expect(nextLook(asked({ watchedAt: warning }))).toBe(warning + times.watch);
    expect(nextLook(asked({ disputes: [lost] }))).toBeUndefined();
  });

  test("is each dispute's own", () => {
    const [early, late] = [open({ id: "dp_1" }), open({ id: "dp_2", evidenceDueBy: evidenceDueBy + 1 })];
    const order = asked({ disputes: [lost, unasked, early, late] });
    expect(dueDisputes(order, warning - 1)).toEqual([]);
    expect(dueDisputes(order, warning)).toEqual([early]);
    expect(dueDisputes(order, warning + 1)).toEqual([early, late]);
  });

  test("is looked at once a day", () => {
    expect(watched(asked(), warning - 1)).toBeUndefined();
    expect(watched(asked(), warning)).toMatchObject({ watchedAt: warning, revision: 2 });
    expect(watched(asked({ watchedAt: warning }), warning + 1)).toBeUndefined();
  });
});

describe("while a bank holds an order whose money is only authorized", () => {
  const held = (payment: Partial<Order["payment"]>, given: Partial<Order> = {}) =>
    stopped({
      watchedAt: now,
      payment: { state: "authorized", amount: 5, attempt: 1, ...payment },
      ...given,
    });
  const ending = (warnAt: number) => ({ captureBefore: warnAt + times.captureWarning });
  const daily = now + times.watch;

  test("somebody must hear of it a day before the authorization ends, and of nothing else", () => {
    expect(expiryWarningAt(held(ending(daily)))).toBe(daily);
    expect(expiryWarningAt(held({}))).toBeUndefined();
    for (const state of ["not_required", "captured", "voided", "refunded"] as const)
      expect(expiryWarningAt(held({ state, ...ending(daily) }))).toBeUndefined();
  });

  test("it is looked at then, where that comes before the daily look", () => {
    expect(nextLook(held(ending(daily - 5)))).toBe(daily - 5);
    expect(nextLook(held(ending(daily + 5)))).toBe(daily);
    expect(nextLook(held({}))).toBe(daily);
  });

  test("it is looked at daily from then on, never before its lease", () => {
    expect([now - 5, now].map((at) => nextLook(held(ending(at))))).toEqual([daily, daily]);
    expect(nextLook(held(ending(now + 1)))).toBe(lease);
    expect(nextLook(held(ending(now + 1), { leaseUntil: daily + 9 }))).toBe(daily + 9);
  });
});
