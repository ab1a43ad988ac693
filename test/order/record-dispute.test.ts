import { describe, expect, test } from "vitest";
import { disputedOf, isFrozen } from "#functions/order/dispute.ts";
import type { Order } from "#functions/order/order.ts";
import { withDisputes } from "#functions/order/record-dispute.ts";
import type { StripeDispute } from "#functions/payment/stripe.ts";
import { days } from "#functions/values/clock.ts";
import { anOrder, now } from "#test/examples.ts";
import { aDispute } from "#test/payment/followed-shop.ts";

const order = (given: Partial<Order> = {}): Order =>
  anOrder({
    status: "confirmed",
    version: 3,
    payment: { state: "captured", amount: 2_390, attempt: 1, paymentIntentId: "pi_1" },
    ...given,
  });

const types = (change: ReturnType<typeof withDisputes>) =>
  change?.writes.map(({ change: written }) => ("put" in written ? written.put["type"] : undefined));

/** The order after Stripe was looked at each time the dispute had the next of these statuses. */
const through = (...statuses: string[]) =>
  statuses.reduce(
    ({ at, told }, status) => {
      const change = withDisputes(at, [aDispute({ status })], now);
      return { at: change?.order ?? at, told: [...told, ...(types(change) ?? [])] };
    },
    { at: order(), told: [] as unknown[] },
  );

describe("a dispute at Stripe", () => {
  const courses: [string[], Partial<Order["disputes"][number]>, string[]][] = [
    [["needs_response"], { status: "open", kind: "chargeback" }, ["dispute.opened"]],
    [["needs_response", "under_review", "won"], { status: "won" }, ["dispute.opened", "dispute.closed"]],
    [["needs_response", "lost"], { status: "lost" }, ["dispute.opened", "dispute.closed"]],
    [["lost", "won"], { status: "won" }, ["dispute.opened", "dispute.closed", "dispute.closed"]],
    [
      ["warning_needs_response", "warning_closed"],
      { status: "won", kind: "inquiry" },
      ["dispute.opened", "dispute.closed"],
    ],
    [
      ["warning_under_review", "needs_response"],
      { status: "open", kind: "chargeback" },
      ["dispute.opened", "dispute.opened"],
    ],
    [
      ["won", "needs_response"],
      { status: "open", kind: "chargeback" },
      ["dispute.opened", "dispute.closed", "dispute.opened"],
    ],
    [
      ["warning_closed", "needs_response"],
      { status: "open", kind: "chargeback" },
      ["dispute.opened", "dispute.closed", "dispute.opened"],
    ],
    [
      ["lost", "appeal_needs_response", "appeal_under_review", "won"],
      { status: "won", kind: "chargeback" },
      ["dispute.opened", "dispute.closed", "dispute.opened", "dispute.closed"],
    ],
    [["prevented"], { status: "lost" }, ["dispute.opened", "dispute.closed"]],
    [["a_word_of_tomorrow"], { status: "open", kind: "chargeback" }, ["dispute.opened"]],
  ];

  test.each(courses)("goes its way in the order: %s", (statuses, dispute, told) => {
    const { at, told: heard } = through(...statuses);
    expect(at.disputes).toMatchObject([dispute]);
    expect(heard).toEqual(told);
    expect(at.version).toBe(3 + told.length);
  });

  test("is told once, however often it is looked at", () => {
    const { told } = through("needs_response", "needs_response", "won", "won", "won");
    expect(told).toEqual(["dispute.opened", "dispute.closed"]);
  });

  test("that is opened again is open like a new one, and told by an event of its own", () => {
    const later = now + days(30);
    const lost = { ...through("needs_response", "lost").at, watchedAt: now };
    const dueBy = aDispute().created + days(40);
    const appeal = aDispute({ status: "appeal_needs_response", evidenceDueBy: dueBy });
    const change = withDisputes(lost, [appeal], later);
    expect(change?.order.disputes).toEqual([
      {
        id: "du_1",
        status: "open",
        kind: "chargeback",
        amount: 2_390,
        reason: "fraudulent",
        evidenceDueBy: dueBy,
        openedAt: aDispute().created,
        closedAt: undefined,
      },
    ]);
    expect(change?.order.watchedAt).toBeUndefined();
    expect(change?.writes.map(({ change: written }) => ("put" in written ? written.put : {}))).toMatchObject([
      { type: "dispute.opened", version: 6, data: { evidenceDueBy: dueBy } },
    ]);
  });

  test("freezes the order while it is open, and takes the amount until it is won", () => {
    const at = (...statuses: string[]) => through(...statuses).at;
    expect([isFrozen(at("needs_response")), disputedOf(at("needs_response").disputes)]).toEqual([
      true,
      2_390,
    ]);
    expect([isFrozen(at("won")), disputedOf(at("won").disputes)]).toEqual([false, 0]);
    expect([isFrozen(at("lost")), disputedOf(at("lost").disputes)]).toEqual([false, 2_390]);
    const inquiry = at("warning_needs_response");
    expect([isFrozen(inquiry), disputedOf(inquiry.disputes)]).toEqual([true, 0]);
  });

  test("holds what the bank holds: a chargeback may take less than its inquiry asked about", () => {
    const inquiry = withDisputes(order(), [aDispute({ status: "warning_needs_response" })], now)?.order;
    const taken = withDisputes(inquiry ?? order(), [aDispute({ amount: 2_000 })], now)?.order;
    expect(disputedOf(taken?.disputes ?? [])).toBe(2_000);
    const lost = withDisputes(taken ?? order(), [aDispute({ status: "lost", amount: 1_900 })], now)?.order;
    expect(disputedOf(lost?.disputes ?? [])).toBe(1_900);
  });

  test("is due until it is answered, and no longer", () => {
    const due = (...statuses: string[]) => through(...statuses).at.disputes[0]?.evidenceDueBy;
    expect(due("needs_response")).toBe(aDispute().evidenceDueBy);
    expect(due("needs_response", "under_review")).toBeUndefined();
    expect(due("needs_response", "lost")).toBeUndefined();
  });

  test("of several of one payment each goes its own way", () => {
    const both: StripeDispute[] = [
      aDispute({ id: "du_2", created: aDispute().created + 1, amount: 100 }),
      aDispute({ amount: 200 }),
    ];
    const first = withDisputes(order(), both, now)?.order ?? order();
    expect(first.disputes.map(({ id, amount }) => [id, amount])).toEqual([
      ["du_1", 200],
      ["du_2", 100],
    ]);
    const after = withDisputes(first, [aDispute({ id: "du_2", status: "won" })], now)?.order;
    expect(after?.disputes.map(({ status }) => status)).toEqual(["open", "won"]);
  });

  test("in a currency that is not the charge's counts as all of it", () => {
    const change = withDisputes(order(), [aDispute({ currency: "usd", amount: 7 })], now);
    expect(change?.order.disputes).toMatchObject([{ amount: 2_390 }]);
  });
});
