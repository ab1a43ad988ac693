import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import { parseStrictJson } from "#functions/runtime/strict-json.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { effort, seed } from "../effort.ts";

const runs = { numRuns: effort(100_000), seed: seed(7_919) };

describe("canonical JSON", () => {
  it("is RFC 8785's own example", () => {
    const text =
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}';
    expect(canonicalJson(JSON.parse(text))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts keys by UTF-16 code units, as RFC 8785 §3.2.3", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const object = Object.fromEntries(keys.map((key) => [key, 1]));
    expect(Object.keys(JSON.parse(canonicalJson(object)))).toEqual([
      "1",
      "\r",
      "\u0080",
      "\u00f6",
      "\u20ac",
      "\u{1f600}",
      "\ufb33",
    ]);
  });

  it.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['{"a":1.0}', '{"a":1}', true],
    ['{"a":1e2}', '{"a": 100}', true],
    ['{"a":-0}', '{"a":0}', true],
    ['{"a":null}', "{}", false],
    ['{"a":"1"}', '{"a":1}', false],
    ["[1,2]", "[2,1]", false],
    ['{"a":{}}', '{"a":[]}', false],
    ["null", "{}", false],
  ])("%s and %s: equal is %s", (left, right, equal) => {
    expect(canonicalJson(JSON.parse(left)) === canonicalJson(JSON.parse(right))).toBe(equal);
  });

  it("does not depend on the order of keys or on white space", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(8), (value, indent) => {
        const other = JSON.parse(JSON.stringify(reversed(value), undefined, indent));
        expect(canonicalJson(other)).toBe(canonicalJson(value));
      }),
      runs,
    );
  });

  it("is JSON of the same value, so different values never share it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      runs,
    );
  });

  it("is hashed by SHA-256", () => {
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});

describe("strict JSON", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        if (hasInexact(value)) expect(() => parseStrictJson(text)).toThrow(Refusal);
        else expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      runs,
    );
  });

  it("never throws anything but a refusal", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[[\]{}",:\\u01ae .-]{0,40}$/)), (text) => {
        try {
          parseStrictJson(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      runs,
    );
  });

  it("refuses a key that is there twice, wherever and however it is written", () => {
    const name = fc.string({ maxLength: 5 });
    fc.assert(
      fc.property(name, fc.jsonValue({ maxDepth: 2 }), fc.nat(12), (key, value, depth) => {
        const escaped = [...key].map((character) => unicode(character)).join("");
        const twice = `{${JSON.stringify(key)}:"x",${JSON.stringify(`other ${key}`)}:${JSON.stringify(value)},"${escaped}":1}`;
        expect(() => parseStrictJson(`${'{"a":'.repeat(depth)}${twice}${"}".repeat(depth)}`)).toThrow(
          /key twice|too large/,
        );
      }),
      runs,
    );
  });

  it("lets the same key stand in two objects", () => {
    expect(parseStrictJson('[{"a":{"a":1}},{"a":"a:{"}]')).toEqual([{ a: { a: 1 } }, { a: "a:{" }]);
  });

  it("takes sixteen levels and refuses seventeen", () => {
    expect(parseStrictJson("[".repeat(16) + "]".repeat(16))).toBeDefined();
    expect(() => parseStrictJson("[".repeat(17) + "]".repeat(17))).toThrow(Refusal);
    expect(() => parseStrictJson(`${'{"a":'.repeat(17)}1${"}".repeat(17)}`)).toThrow(Refusal);
  });
});

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
};

const hasInexact = (value: unknown): boolean => {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === "object" && value !== null && Object.values(value).some(hasInexact);
};

const unicode = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => {
    const code = character.charCodeAt(index).toString(16).padStart(4, "0");
    return `\\u${code}`;
  }).join("");
