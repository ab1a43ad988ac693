import { describe, expect, test } from "vitest";
import {
  asPlaced,
  dueRefunds,
  isUntold,
  moved,
  moves,
  nextLook,
  Order,
  orderNumber,
  PaymentState,
  refundableOf,
  rests,
  Status,
  times,
} from "#functions/order/order.ts";
import { digestsOf } from "#functions/store/policy.ts";
import { minutes } from "#functions/values/clock.ts";
import { aDispute, anOrder, aRefund, aStore, now } from "../examples.ts";

const captured = (given: Partial<Order> = {}): Order =>
  anOrder({ status: "confirmed", payment: { state: "captured", amount: 2_390, attempt: 1 }, ...given });

test("an order takes exactly these ways", () => {
  expect(Object.entries(moves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))).toEqual([
    "placed → confirmed",
    "placed → canceling",
    "confirmed → canceling",
    "canceling → canceled",
  ]);
  expect(Object.keys(moves)).toEqual(Status.options);
});

test("only a confirmed and a canceled order rest", () => {
  expect(Status.options.filter(rests)).toEqual(["confirmed", "canceled"]);
});

test("an order is read as it was written, with all that it holds", () => {
  const whole = captured({
    payment: {
      state: "captured",
      amount: 2_390,
      attempt: 2,
      paymentIntentId: "pi_1",
      captureBefore: now,
    },
    cancelReason: "out_of_stock",
    terms: { ...digestsOf(aStore().policies), at: now },
    sealedNotes: new Uint8Array([2]),
    refunds: [aRefund()],
    disputes: [aDispute()],
    shop: { untoldSince: now },
  });
  expect(Order.parse(whole)).toEqual(whole);
});

test("an order from before refunds, disputes and fulfillments has none", () => {
  const { refunds: _, disputes: __, fulfillments: ___, ...before } = anOrder();
  expect(Order.parse(before)).toMatchObject({ refunds: [], disputes: [], fulfillments: [] });
});

test("money is in one of five states", () => {
  expect(PaymentState.options).toEqual(["not_required", "authorized", "captured", "voided", "refunded"]);
});

test("people read ten characters of the id, in capitals", () => {
  expect(orderNumber("ord_01jdab3h8w9zq4t6vxk2m5n7pr")).toBe("01JDAB3H8W");
});

test("a move counts the revision and says when it was made; another one is refused", () => {
  const before = anOrder({ revision: 4 });
  expect(moved(before, "confirmed", now + 5, { epoch: 9 })).toEqual({
    ...before,
    status: "confirmed",
    epoch: 9,
    revision: 5,
    updatedAt: now + 5,
  });
  expect(moved(before, "placed", now)).toMatchObject({ status: "placed", revision: 5 });
  expect(() => moved(before, "canceled", now)).toThrow("an order does not move from placed to canceled");
});

describe("a shop that has an order", () => {
  const taken = anOrder({ shop: {} });

  test("is to be told when it comes to rest, and of nothing else", () => {
    expect(moved(taken, "confirmed", now + 5).shop).toEqual({ untoldSince: now + 5 });
    expect(moved(taken, "canceling", now + 5).shop).toEqual({});
    expect(moved(moved(taken, "canceling", now), "canceled", now + 5).shop).toEqual({ untoldSince: now + 5 });
    expect(moved(anOrder({ status: "confirmed", shop: {} }), "confirmed", now + 5).shop).toEqual({});
  });

  test("is the only one that is", () => {
    expect(moved(anOrder(), "confirmed", now).shop).toBeUndefined();
  });

  test("does not know while that is not noted as told", () => {
    expect(isUntold(moved(taken, "confirmed", now))).toBe(true);
    expect(isUntold({ status: "canceling", shop: { untoldSince: now } })).toBe(false);
    expect(isUntold({ status: "confirmed", shop: {} })).toBe(false);
    expect(isUntold(anOrder({ status: "confirmed" }))).toBe(false);
  });
});

describe("as its completion announced it", () => {
  test("an order has none of what became of it since", () => {
    const since = captured({
      status: "canceled",
      version: 7,
      revision: 9,
      epoch: 3,
      leaseUntil: now + 1,
      cancelReason: "fraudulent",
      refunds: [aRefund()],
      disputes: [aDispute()],
      updatedAt: now + 9,
    });
    expect(asPlaced(since)).toEqual({
      ...since,
      status: "placed",
      version: 1,
      revision: 1,
      epoch: 0,
      leaseUntil: 0,
      payment: { ...since.payment, state: "authorized" },
      refunds: [],
      disputes: [],
      cancelReason: undefined,
      updatedAt: since.createdAt,
    });
  });

  test("a free order needed no payment", () => {
    expect(asPlaced(anOrder({ status: "confirmed" })).payment.state).toBe("not_required");
  });
});

describe("somebody looks again", () => {
  const leaseUntil = now + 7;
  const look = (given: Partial<Order>) => nextLook(anOrder({ leaseUntil, ...given }));
  const requested = aRefund({ status: "requested", updatedAt: now });
  const pending = aRefund({ status: "pending", updatedAt: now });

  test("when the run of an order that is under way must have ended", () => {
    expect(look({ status: "placed" })).toBe(leaseUntil);
    expect(look({ status: "canceling" })).toBe(leaseUntil);
  });

  test("when a shop that did not answer is asked again, and at once where the order goes back", () => {
    const shop = { retryAt: leaseUntil + minutes(1) };
    expect(look({ status: "placed", shop })).toBe(shop.retryAt);
    expect(look({ status: "placed", shop: { retryAt: leaseUntil - 1 } })).toBe(leaseUntil);
    expect(look({ status: "canceling", shop })).toBe(leaseUntil);
  });

  test("never at an order that rests and owes nothing", () => {
    for (const status of ["confirmed", "canceled"] as const)
      expect(look({ status, refunds: [aRefund(), aRefund({ status: "failed" })] })).toBeUndefined();
  });

  test("at an order that rests and has a shop that does not know, once nobody is at it", () => {
    expect(look({ status: "confirmed", shop: { untoldSince: now } })).toBe(leaseUntil);
    expect(look({ status: "confirmed", shop: {} })).toBeUndefined();
  });

  test("soon at a refund whose outcome is unknown, later at one that the bank has not got", () => {
    expect(look({ status: "confirmed", refunds: [aRefund(), requested] })).toBe(now + times.refund);
    expect(look({ status: "confirmed", refunds: [aRefund(), pending] })).toBe(now + times.pendingRefund);
  });

  test("at each refund in its own time, whatever else was written into the order since", () => {
    const order = anOrder({ refunds: [pending, requested, aRefund()], updatedAt: now + times.pendingRefund });
    expect(dueRefunds(order, now + times.refund - 1)).toEqual([]);
    expect(dueRefunds(order, now + times.refund)).toEqual([requested]);
    expect(dueRefunds(order, now + times.pendingRefund)).toEqual([pending, requested]);
  });

  test("at the earliest of all", () => {
    expect(look({ status: "confirmed", refunds: [pending, requested] })).toBe(now + times.refund);
    expect(look({ status: "placed", refunds: [pending] })).toBe(leaseUntil);
  });
});

describe("what may still be given back", () => {
  test("is what was captured, less all that is refunded, being refunded or disputed", () => {
    const given = {
      refunds: [
        aRefund({ amount: 100, status: "succeeded" }),
        aRefund({ amount: 200, status: "requested" }),
        aRefund({ amount: 400, status: "failed" }),
      ],
      disputes: [aDispute({ amount: 800 })],
    };
    expect(refundableOf(captured())).toBe(2_390);
    expect(refundableOf(captured(given))).toBe(2_390 - 100 - 200 - 800);
  });

  test("is never less than nothing: a bank may take what was refunded already", () => {
    const twice = captured({
      refunds: [aRefund({ amount: 2_390 })],
      disputes: [aDispute({ amount: 2_390 })],
    });
    expect(refundableOf(twice)).toBe(0);
  });

  test("is nothing while no money was taken, and once all of it went back", () => {
    for (const state of ["not_required", "authorized", "voided", "refunded"] as const)
      expect(refundableOf(captured({ payment: { state, amount: 2_390, attempt: 1 } }))).toBe(0);
  });
});
