import { describe, expect, test } from "vitest";
import {
  Dispute,
  DisputeStatus,
  disputedOf,
  disputeMoves,
  isContested,
  isDisputed,
  isFrozen,
  mayNotShip,
} from "#functions/order/dispute.ts";
import { aDispute, now } from "../examples.ts";

test("a dispute takes exactly these ways: banks reverse themselves, and open again what they closed", () => {
  expect(Object.entries(disputeMoves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))).toEqual([
    "open → won",
    "open → lost",
    "won → open",
    "won → lost",
    "lost → open",
    "lost → won",
  ]);
  expect(Object.keys(disputeMoves)).toEqual(DisputeStatus.options);
});

test("a dispute is read as it was written", () => {
  const whole = aDispute({ closedAt: now, kind: "inquiry", status: "won" });
  expect(Dispute.parse(whole)).toEqual(whole);
  const { evidenceDueBy: _, ...without } = aDispute();
  expect(Dispute.parse(without)).toEqual(without);
  expect(Dispute.safeParse({ ...whole, kind: "question" }).success).toBe(false);
});

describe("what banks have of an order's money", () => {
  test("is the amount of every chargeback that was not won", () => {
    expect(
      disputedOf([
        aDispute({ amount: 1, status: "open" }),
        aDispute({ amount: 2, status: "lost" }),
        aDispute({ amount: 4, status: "won" }),
      ]),
    ).toBe(3);
    expect(disputedOf([])).toBe(0);
  });

  test("is nothing of an inquiry, which only asks", () => {
    for (const status of DisputeStatus.options)
      expect(disputedOf([aDispute({ kind: "inquiry", status })])).toBe(0);
  });
});

test("an order is frozen while one of its disputes is open, an inquiry too", () => {
  const [open, won, lost] = [aDispute(), aDispute({ status: "won" }), aDispute({ status: "lost" })];
  expect(isFrozen({ disputes: [] })).toBe(false);
  expect(isFrozen({ disputes: [won, lost] })).toBe(false);
  expect(isFrozen({ disputes: [won, open] })).toBe(true);
  expect(isFrozen({ disputes: [aDispute({ kind: "inquiry" })] })).toBe(true);
});

test("an order is disputed while a bank has money of it", () => {
  const chargebacks = DisputeStatus.options.map((status) => isDisputed({ disputes: [aDispute({ status })] }));
  expect(chargebacks).toEqual([true, false, true]);
  for (const status of DisputeStatus.options)
    expect(isDisputed({ disputes: [aDispute({ kind: "inquiry", status })] })).toBe(false);
  expect(isDisputed({ disputes: [aDispute({ status: "won" }), aDispute()] })).toBe(true);
  expect(isDisputed({ disputes: [] })).toBe(false);
});

test("an order may not be shipped while a bank asks or has its money", () => {
  const may = (given: Parameters<typeof aDispute>[0]) => !mayNotShip({ disputes: [aDispute(given)] });
  expect(DisputeStatus.options.map((status) => may({ status }))).toEqual([false, true, false]);
  expect(DisputeStatus.options.map((status) => may({ status, kind: "inquiry" }))).toEqual([
    false,
    true,
    true,
  ]);
});

test("only an open chargeback is for the bank alone to decide", () => {
  for (const kind of ["inquiry", "chargeback"] as const)
    for (const status of DisputeStatus.options)
      expect(isContested({ disputes: [aDispute({ kind, status })] })).toBe(
        kind === "chargeback" && status === "open",
      );
  expect(isContested({ disputes: [aDispute({ status: "lost" }), aDispute()] })).toBe(true);
});
