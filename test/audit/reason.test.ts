import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reason } from "#functions/audit/audit.ts";
import { newId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";

const isRefused = (text: string): boolean => !Reason.safeParse(text).success;

describe("a reason is kept for good, so it is refused where it holds", () => {
  test.each([
    ["an e-mail address", "asked by jane.doe@example.com"],
    ["a card number", "charged 4242 4242 4242 4242 twice"],
    ["a license key", "found lk_live_0123456789AbCdEfGhIjKl in a log"],
    ["a key of Stripe", "rolled sk_live_0123456789abcdef"],
    ["a token", "sent bearer abcdefghijklmnop"],
    ["a telephone number", "call +49 151 2345 6789 back"],
    ["a telephone number", "call 0049301234567"],
    ["a telephone number", "rang (030) 123 45 67, no answer"],
    ["a telephone number", "0151/23456789 asked"],
    ["a telephone number", "from 020 7946 0958"],
    ["a telephone number", "+1 (415) 555-2671"],
    ["a telephone number", "415-555-2671 called"],
    ["a telephone number", "(415) 555-2671"],
    ["a telephone number", "06 12 34 56 78"],
    ["a telephone number", "whatsapp:+5511987654321"],
  ])("%s: %s", (_, text) => {
    expect(Reason.safeParse(text).error?.issues[0]?.message).toBe(
      "must hold no person, secret or card: name ids instead",
    );
  });
});

test("what names a cause by number is none of that: tickets, dates, amounts, ids", () => {
  for (const text of [
    "ticket 4711",
    "INC0012345678",
    "case #0123456789",
    "JIRA-1234567",
    "since 2026-11-27T10:15:00Z",
    "on 01.02.2026 10:00",
    "on 01/02/2026 10:00",
    "on 01-02-2026 10:00",
    "refund of 1,999.00 EUR, 0.99 of it shipping",
    "4006381333931 was recalled",
    "parcel 00340434161094042557",
    "from 192.0.2.1, port 8443",
    "§ 14 (2) 3, article 17(1)",
  ])
    expect([text, isRefused(text)]).toEqual([text, false]);
});

test("no id of ours, and no number without a leading zero, is taken for a telephone's", () => {
  const harmless = fc.oneof(
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => newId("ord", () => bytes)),
    fc.integer({ min: 1, max: 999_999_999_999 }).map(String),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  );
  fc.assert(
    fc.property(harmless, (text) => {
      expect([text, isRefused(`because of ${text}.`)]).toEqual([text, false]);
    }),
    { numRuns: effort(100_000), seed: seed(41) },
  );
});
