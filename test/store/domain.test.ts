import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Host } from "#functions/store/domain.ts";
import { effort, seed } from "#test/effort.ts";

describe("a host name", () => {
  it.each([
    ["shop.example.com", "shop.example.com"],
    ["Shop.EXAMPLE.com.", "shop.example.com"],
    ["münchen.de", "xn--mnchen-3ya.de"],
    ["xn--mnchen-3ya.de", "xn--mnchen-3ya.de"],
    ["shop。example.com", "shop.example.com"],
  ])("%s is stored as %s", (given, stored) => {
    expect(Host.parse(given)).toBe(stored);
  });

  it.each([
    "",
    ".",
    "localhost",
    "com.",
    "https://shop.example.com",
    "shop.example.com:443",
    "shop.example.com/path",
    "me@shop.example.com",
    "shop.example.com?x",
    "shop.example.com#x",
    "shop.example.com\\x",
    "shop example.com",
    "shop.example.com\r\nx: y",
    "127.0.0.1",
    "0x7f.1",
    "1.2.3.4.",
    "2130706433",
    "[::1]",
    "::1",
    "a..example.com",
    "-shop.example.com",
    "shop-.example.com",
    "a_b.example.com",
    "*.example.com",
    "%73hop.example.com",
    `${"a".repeat(64)}.example.com`,
    `${"a.".repeat(127)}com`,
  ])("%j is refused", (given) => {
    expect(Host.safeParse(given).success).toBe(false);
  });

  it("means the same when it is normalized again, whatever it was", () => {
    const label = fc.string({ unit: fc.constantFrom(..."aZ0-_.ßö。İ１Ａ@:/%\u200d\u0130 "), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 4 }), (labels) => {
        const host = Host.safeParse(labels.join("."));
        if (!host.success) return;
        expect(host.data).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
        expect(new URL(`https://${host.data}/`).hostname).toBe(host.data);
        expect(Host.parse(host.data)).toBe(host.data);
      }),
      { numRuns: effort(100_000), seed: seed(7) },
    );
  });
});
