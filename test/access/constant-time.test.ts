import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { mintLicenseKey, sameDigest } from "#functions/access/license-key.ts";
import { readTree, sourceFile } from "#test/infra/tree.ts";
import { accessHouse, forgedFrom, outcomeOf } from "./house.ts";

const compared = vi.spyOn(crypto, "timingSafeEqual");
syncBuiltinESMExports();
beforeEach(() => {
  compared.mockClear();
});
afterAll(() => {
  compared.mockRestore();
  syncBuiltinESMExports();
});

test("digests are compared in constant time, at equal lengths and nowhere else", () => {
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(1)];
  expect([
    sameDigest(one, other),
    sameDigest(one, other.fill(2)),
    sameDigest(one, new Uint8Array(31)),
  ]).toEqual([true, false, false]);
  expect(compared).toHaveBeenCalledTimes(2);
});

test("a key that is known, forged or unknown is compared once, with its whole digest", async () => {
  const house = accessHouse();
  const { key, keyId } = await house.issue({ storeId: house.testStore, role: "agent", principal: "x" });
  const { random } = house.on;
  const asked = [key, forgedFrom(keyId, random), mintLicenseKey(false, random).text];
  for (const [index, text] of asked.entries()) {
    await outcomeOf(house.authorize([`Bearer ${text}`]));
    expect(compared).toHaveBeenCalledTimes(index + 1);
  }
  for (const [left, right] of compared.mock.calls)
    expect([left.byteLength, right.byteLength]).toEqual([32, 32]);
});

/** An operand that may be secret: no version of one, no digest of a body that is sent anyway. What is told apart from `undefined`, a number or a word is a kind. */
const secret = String.raw`[\w.?]*(?:(?<!body)digest|signature|secret|pepper|hmac|fingerprint)(?!Version)\w*(?:\([^()\n]*\))?`;
const plain = String.raw`(?!\s*(?:undefined\b|null\b|-?\d|["'\`]))`;
const early = new RegExp(
  [
    String.raw`\b${secret}\s*[!=]==?(?!=)${plain}`,
    String.raw`[!=]==?\s*${secret}(?![\w.]*\.(?:length|number|status)\b)`,
    String.raw`\b(?:isDeepStrictEqual|compare)\([^)\n]*${secret}`,
    String.raw`\.(?:equals|localeCompare|startsWith|includes)\(\s*${secret}`,
  ].join("|"),
  "i",
);

/** Where secrets are: keys, webhooks, Stripe's events. */
const guarded = /^functions\/(?:access|webhook|support|runtime\/.*key.*|payment\/.*stripe.*)/;

test("no secret is compared by a sign that stops at the first difference", () => {
  const files = readTree("functions").filter(({ path }) => guarded.test(path));
  expect(files.length).toBeGreaterThan(50);
  expect(
    files.flatMap(({ path, text }) => (early.test(text) ? [`${path}: ${early.exec(text)?.[0]}`] : [])),
  ).toEqual([]);
});

test.each([
  "return digestOf(pepper, key.text) === lock.digest;",
  "if (given.signature !== expected) return undefined;",
  "return expected == signatureOf(secret, text);",
  "return Buffer.from(left).equals(digest);",
  "return isDeepStrictEqual(mine, key.digest);",
  "return Buffer.compare(left, lock.digest) === 0;",
])("it would be seen: %s", (text) => {
  expect(sourceFile("functions/access/authorize.ts", text).text).toMatch(early);
});

test("Stripe's signatures are judged by Stripe's SDK alone", () => {
  const using = readTree("functions/payment").filter(({ text }) => /constructEvent|createHmac/.test(text));
  expect(using.map(({ path }) => path)).toEqual(["functions/payment/stripe.client.ts"]);
  expect(using[0]?.text).toMatch(/StripeSdk\.webhooks\.constructEvent\(/);
});
