import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldClassOf, findCardNumber, textHoldsCard } from "#functions/runtime/card-field.ts";
import { holdsCardNumber } from "#functions/runtime/card-number.ts";
import { effort, seed } from "../effort.ts";
import { cardNumber, groupedCard, luhnDigit, writtenCard } from "./cards.ts";

const runs = { numRuns: effort(1_000_000), seed: seed(7_919) };

/** Text around a card number; a digit right beside it would make it another number. */
const around = fc.string({ maxLength: 40 }).map((text) => text.replace(/[\d\p{Nd}]/gu, "x"));

describe("a card number", () => {
  it.each([
    ["Visa", "4242424242424242"],
    ["Visa of 19 digits", `424242424242424242${luhnDigit("424242424242424242")}`],
    ["Mastercard", "5555555555554444"],
    ["Mastercard, 2-series", "2223003122003222"],
    ["American Express", "378282246310005"],
    ["Discover", "6011111111111117"],
    ["Diners", "36227206271667"],
    ["JCB", "3566002020360505"],
    ["UnionPay", "6200000000000005"],
    ["UnionPay of 19 digits", "6205500000000000004"],
    ["Maestro", "6759649826438453"],
  ])("of %s is found", (_brand, digits) => {
    expect(holdsCardNumber(digits)).toBe(true);
    expect(holdsCardNumber(`pay with ${digits}, thanks`)).toBe(true);
    const wrong = `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}`;
    expect(holdsCardNumber(wrong)).toBe(false);
  });

  it.each([
    ["an EAN-13 that starts like an old Visa", "4006381333931"],
    ["an IMEI, Luhn-valid as all are", "356938035643809"],
    ["an ISBN", "9783161484100"],
    ["a moment in milliseconds", "1795435200000"],
    ["a USPS tracking number of 22 digits", "9400111899223197428490"],
    ["a DHL number of 20 digits", "00340434161094042557"],
    ["a UUID of digits", "42424242-4242-4424-8242-424242424242"],
    ["a hash", "a4242424242424242f00000000000000"],
    ["delivery times", "deliver 30.11.2026 12:00 - 14:00 or 01.12.2026 12:00 - 14:00"],
    ["a list of addresses", "203.0.113.195 / 70.41.3.18 / 150.172.238.178"],
    ["phone numbers in a row", "+49 151 12345678, +49 30 901820"],
  ])("is not seen in %s", (_what, text) => {
    expect(textHoldsCard(text, "text")).toBe(false);
  });

  it("is found however it is written, wherever in ordinary text", () => {
    fc.assert(
      fc.property(around, writtenCard, around, (before, card, after) => {
        expect(textHoldsCard(`${before} ${card} ${after}`, "text")).toBe(true);
        expect(textHoldsCard(`card:${card};`, "text")).toBe(true);
      }),
      runs,
    );
  });

  it("is found at any place of any JSON: in text, as a number, as a key, in base64", () => {
    const place = fc.constantFrom("text", "number", "key", "base64");
    const path = fc.array(fc.oneof(fc.nat(2), fc.constantFrom("buyer", "note", "lines", "x", "card")), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(cardNumber, place, path, fc.jsonValue({ maxDepth: 2 }), (card, how, steps, other) => {
        const value = steps.reduceRight<unknown>(
          (inner, step) =>
            typeof step === "number" ? [...Array(step).fill(other), inner] : { other, [step]: inner },
          placed(card, how),
        );
        const found = findCardNumber(value);
        expect(found).toMatch(/^\$/);
        expect(found).not.toContain(card);
      }),
      { numRuns: effort(100_000), seed: seed(7_919) },
    );
  });

  it.each([
    ["phone_number", "4242424242424242", true],
    ["phone", "+491511234567890", false],
    ["tracking_number", "4242424242424242", false],
    ["tracking_number", "4242 4242 4242 4242", true],
    ["trackingNumber", "4242424242424242 exp 12/27", true],
    ["order_reference", "4242424242424242 12/27", true],
    ["order_reference", "4242424242424242 cvc 123", true],
    ["order_notes", "4242424242424242", true],
    ["token", "4242424242424242", true],
    ["card_id", "4242424242424242", true],
    ["ean", "4000000000006", false],
    ["card", "4000000000006", true],
  ])("in %s: %s is refused: %s", (name, text, refused) => {
    expect(findCardNumber({ [name]: text }) !== undefined).toBe(refused);
  });

  it("counts in any field once an expiry or a code stands beside it", () => {
    expect(findCardNumber({ id: "4242424242424242" })).toBeUndefined();
    expect(findCardNumber({ id: "4242424242424242", cvc: "123" })).toBe("$.id");
    expect(findCardNumber({ id: "4242424242424242", exp_month: 12 })).toBe("$.id");
    expect(findCardNumber({ card: { id: ["4242424242424242"] } })).toBe("$.card.id[0]");
  });

  it("counts in a reference when it is grouped like a card", () => {
    fc.assert(
      fc.property(groupedCard, (card) => {
        expect(findCardNumber({ reference: card })).toBe("$.reference");
      }),
      runs,
    );
  });

  it("is judged by the strictest word of a field's name", () => {
    const names = ["X-Card-Number", "buyerPhone", "external_order_id", "imageUrl", "gift_message", "sku"];
    expect(names.map(fieldClassOf)).toEqual(["card", "phone", "reference", "reference", "text", "reference"]);
  });

  it("is looked for in 64 kB of digits in a moment", () => {
    const texts = [
      "1 ".repeat(32_768),
      "4".repeat(65_536),
      "42424242-".repeat(7_281),
      "4242.".repeat(13_107),
    ];
    const start = performance.now();
    for (const text of texts) textHoldsCard(text, "reference");
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

const placed = (card: string, how: string): unknown => {
  if (how === "key") return { [card]: 1 };
  if (how === "base64") return Buffer.from(`number=${card}&x=1`).toString("base64");
  return how === "number" && card.length < 16 ? Number(card) : card;
};
