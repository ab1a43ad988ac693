import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isAlive, isLost, isWon, meaningOf, oldestFirst, returnedOf } from "#functions/payment/returned.ts";
import { aStripeRefund, now } from "#test/examples.ts";
import { aDispute } from "./followed-shop.ts";

describe("a dispute's status at Stripe", () => {
  const meanings = {
    warning_needs_response: "an open inquiry",
    warning_under_review: "an open inquiry",
    warning_closed: "a won inquiry",
    needs_response: "an open chargeback",
    under_review: "an open chargeback",
    appeal_needs_response: "an open chargeback",
    appeal_under_review: "an open chargeback",
    won: "a won chargeback",
    lost: "a lost chargeback",
    prevented: "a lost chargeback",
  };

  test.each(Object.entries(meanings))("%s means %s", (status, meaning) => {
    const { status: ours, kind } = meaningOf({ status });
    expect(`a${ours === "open" ? "n" : ""} ${ours} ${kind}`).toBe(meaning);
    const dispute = aDispute({ status });
    expect([isWon(dispute), isLost(dispute)]).toEqual([ours === "won", ours === "lost"]);
  });

  test("is one of the words that the SDK lists, and any other freezes the order", () => {
    const types = readFileSync("node_modules/stripe/esm/resources/Disputes.d.ts", "utf8");
    const [, listed = ""] = /^ {4}type Status = (.+) \| OtherString;$/m.exec(types) ?? [];
    expect(listed.replaceAll("'", "").split(" | ").sort()).toEqual(Object.keys(meanings).sort());
    expect(meaningOf({ status: "a_word_of_tomorrow" })).toEqual({ status: "open", kind: "chargeback" });
  });
});

describe("what went back of a payment", () => {
  const charged = { amountReceived: 2_390, currency: "eur" };

  test("is every refund that did not come home", () => {
    const statuses = ["pending", "requires_action", "succeeded", "failed", "canceled"] as const;
    const refunds = statuses.map((status, index) => aStripeRefund({ status, amount: 10 ** index }));
    expect(refunds.map(isAlive)).toEqual([true, true, true, false, false]);
    expect(returnedOf(refunds, [], charged)).toBe(111);
  });

  test("is every chargeback that the store has not won", () => {
    const statuses = [
      "warning_needs_response",
      "warning_closed",
      "won",
      "needs_response",
      "lost",
      "prevented",
    ];
    const disputes = statuses.map((status, index) => aDispute({ status, amount: 10 ** index }));
    expect(returnedOf([aStripeRefund({ amount: 5 })], disputes, charged)).toBe(111_005);
  });

  test("is all of it by a chargeback in another currency than the charge's", () => {
    expect(returnedOf([], [aDispute({ currency: "usd", amount: 7 })], charged)).toBe(2_390);
  });
});

test("what happened in one second is told in Stripe's own order, which is newest first", () => {
  const seen = [
    aStripeRefund({ id: "re_3", created: now + 2 }),
    aStripeRefund({ id: "re_2" }),
    aStripeRefund({ id: "re_1" }),
  ];
  expect(oldestFirst(seen).map(({ id }) => id)).toEqual(["re_1", "re_2", "re_3"]);
});
