import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { mintLicenseKey } from "#functions/access/license-key.ts";
import { newBridgeSecret } from "#functions/fulfillment/bridge.ts";
import { cleaned, powertoolsLog } from "#functions/runtime/logger.ts";
import { sensitiveIn, withoutSensitive } from "#functions/runtime/sensitive.ts";
import { newId, type RandomBytes } from "#functions/values/id.ts";
import { newPrivateKey, newSecret } from "#functions/webhook/signature.ts";
import { effort, seed } from "#test/effort.ts";
import { cardNumber } from "./cards.ts";

const textOf = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
const word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const named = (prefixes: readonly string[]) =>
  fc.tuple(fc.constantFrom(...prefixes), textOf(word, 24, 60)).map(([prefix, rest]) => prefix + rest);
const bytes: fc.Arbitrary<RandomBytes> = fc
  .uint8Array({ minLength: 64, maxLength: 64 })
  .map((from) => (count) => from.slice(0, count));

/** One of each kind that must not be readable in any sink. */
const canaries = {
  "card number": cardNumber,
  "license key": fc.tuple(fc.boolean(), bytes).map(([live, random]) => mintLicenseKey(live, random).text),
  secret: fc.oneof(
    named(["sk_live_", "sk_test_", "rk_live_", "rk_test_"]),
    bytes.map((random) => newSecret(random)),
    bytes.map((random) => newPrivateKey(random)),
    bytes.map((random) => newBridgeSecret(random)),
    fc
      .tuple(fc.constantFrom("ck_", "cs_"), textOf("0123456789abcdef", 40, 40))
      .map(([prefix, rest]) => prefix + rest),
  ),
  "payment token": named(["spt_", "pm_", "tok_"]),
  "e-mail": fc
    .tuple(
      textOf(`${word}._%+-'`, 1, 40),
      textOf(word.toLowerCase(), 1, 20),
      fc.constantFrom("com", "de", "museum"),
    )
    .map(([name, host, top]) => `${name}@${host}.${top}`),
  JWT: fc
    .tuple(textOf(`${word}-_`, 20, 60), textOf(`${word}-_`, 20, 60))
    .map(([head, body]) => `eyJ${head}.eyJ${body}.sig`),
} as const;

/** Without digits, hexadecimal ones neither: right beside a card number they make it another number, or a hash. */
const anything = fc
  .string({ unit: "binary", maxLength: 30 })
  .map((text) => text.replace(/[\p{Nd}a-f]/giu, "x"));
/** What stands beside a value in a sentence, an URL or a piece of JSON. */
const beside = fc.constantFrom("", " ", '"', "(", ":", "=", ", ", "\n", "<");

describe.each(Object.entries(canaries))("a %s", (kind, canary) => {
  test("is never readable in what is logged, wherever it stands", () => {
    const runs = Math.ceil(effort(1_000_000) / Object.keys(canaries).length);
    fc.assert(
      fc.property(
        anything,
        beside,
        canary as fc.Arbitrary<string>,
        beside,
        anything,
        (left, l, secret, r, right) => {
          const logged = String(cleaned("reason", `${left}${l}${secret}${r}${right}`));
          return !logged.includes(secret);
        },
      ),
      { numRuns: runs, seed: seed(11) },
    );
  });

  test("is called by its kind", () => {
    const [secret = ""] = fc.sample(canary as fc.Arbitrary<string>, { numRuns: 1, seed: 3 });
    expect(withoutSensitive(`before ${secret} after`)).toBe(`before [${kind}] after`);
    expect(sensitiveIn(`before ${secret} after`)).toBe(kind);
  });
});

test("what must be readable stays: ids, times, traces, places in the code", () => {
  const ids = fc.tuple(
    fc.constantFrom("store", "prn", "chk", "ord", "we", "cust", "era", "evt", "rfd"),
    bytes,
  );
  const harmless = fc.oneof(
    ids.map(([prefix, random]) => newId(prefix, random)),
    named(["pi_", "re_", "du_", "evt_"]),
    fc.uuid(),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
    textOf("0123456789abcdef", 24, 24).map((hex) => `1-5759e988-${hex}`),
    fc
      .integer({ min: 1, max: 9_999 })
      .map((line) => `    at send (/var/task/node_modules/@aws-sdk/x/index.js:${line}:7)`),
  );
  const check = (text: string) => {
    expect(cleaned("route", text)).toBe(text);
  };
  fc.assert(fc.property(harmless, check), { numRuns: effort(200_000), seed: seed(12) });
});

test("no value ends a line, colors a terminal or turns the direction of reading", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      expect(String(cleaned("reason", text))).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
    { numRuns: effort(100_000), seed: seed(13) },
  );
  expect(cleaned("reason", "a\r\nfake line\u001b[31m\u202e\u0000")).toBe(
    "a\\u000d\\u000afake line\\u001b[31m\\u202e\\u0000",
  );
});

test("the net lies under all that is written: message, fields, errors and the library's own", () => {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    }),
  );
  const [card] = fc.sample(cardNumber, { numRuns: 1, seed: 5 });
  const log = powertoolsLog();
  log.info(`paid by ${card}`, { reason: "jane@example.com\nfake" });
  log.warn("to", { code: "whsec_c2VjcmV0c2VjcmV0" });
  const fault = Object.assign(new Error(`no card ${card}`), { name: `Bad ${card}` });
  log.error("failed", fault, { eventType: `sk_live_${"a".repeat(24)}` });
  for (const spy of spies) spy.mockRestore();
  const text = written.join("");
  expect(text).toContain("paid by [card number]");
  expect(text).toContain("[e-mail]");
  for (const secret of [card ?? "", "jane@", "whsec_c2", "sk_live_a"]) expect(text).not.toContain(secret);
  expect(written.filter((line) => line.trim() !== "")).toHaveLength(3);
});
