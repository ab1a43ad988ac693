import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { contactOf } from "#functions/acp/contact-of.ts";
import { personalData } from "#functions/privacy/personal-data.ts";
import { canaries, canaryBuyer, canarySession } from "./canary.ts";
import { leaksIn, spelledIn } from "./leaks.ts";

const found = (text: string, name = "data/tables.sqlite") => leaksIn([{ name, text }]);
const { email } = canaryBuyer.buyer;
const encoded = (offset: number) => Buffer.from(`${"x".repeat(offset)}${email}, or so`).toString("base64");

describe("the search that every journey ends with", () => {
  test.each([
    ["a name in any case", JSON.stringify(canarySession).toUpperCase()],
    ["a telephone number", canaryBuyer.buyer.phone_number],
    ["an address in base64, wherever it begins", encoded(0)],
    ["the same, a byte later", encoded(1)],
    ["the same, two bytes later", encoded(2)],
    ["an address in hex", Buffer.from(email).toString("hex")],
    ["the plain hash of an address", createHash("sha256").update(email.toLowerCase()).digest("hex")],
    ["the same in base64", createHash("sha256").update(email).digest("base64")],
    ["a license key", `key=lk_live_${"0aZ".repeat(20)}`],
    ["a webhook secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["a key of Stripe's", "rk_live_51abcdef"],
    ["a payment token", "spt_123456789012ab"],
    ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"],
    ["a card number", "my card is 4242 4242-42424242."],
  ])("finds %s", (_, text) => expect(found(`before ${text} after`)).not.toEqual([]));

  test("finds nothing in what is sealed, and lets secrets lie where they belong", () => {
    expect(found(randomBytes(1_000_000).toString("base64"))).toEqual([]);
    expect(found("sk_test_embedded whsec_embedded_own", "data/secrets.json")).toEqual([]);
    expect(found(`sk_live_51abcdef ${email}`, "data/stripe.json")).toHaveLength(2);
  });
});

test("the buyer of every journey carries a canary in each personal field that is a person's own", () => {
  const contact = contactOf({}, canaryBuyer as Parameters<typeof contactOf>[1]) as Record<string, unknown>;
  const fieldOf = (path: string) =>
    path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], contact);
  const coarse = ["delivery.address.country", "delivery.address.state"];
  const fields = personalData.filter(({ sealedAs }) => sealedAs === "contact").map(({ field }) => field);
  const bare = fields.filter((field) => !canaries.some((each) => spelledIn(String(fieldOf(field)), each)));
  expect(bare.sort()).toEqual(coarse);
  expect(canaries.some((each) => spelledIn(canarySession.order_notes, each))).toBe(true);
});
