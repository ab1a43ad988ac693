import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, Host } from "#functions/domain/host.ts";
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
    "co.uk",
    "GITHUB.io.",
    "s3.amazonaws.com",
    "公司.cn",
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

  it("speaks for itself, and for what is below it only as a subtree", () => {
    const all = [
      "shop.example.com",
      "eu.shop.example.com",
      "example.com",
      "myshop.example.com",
      "shop.example.co",
    ];
    const covered = (scope: "host" | "subtree") =>
      all.filter((host) => covers({ host: "shop.example.com", scope }, host));
    expect(covered("host")).toEqual(["shop.example.com"]);
    expect(covered("subtree")).toEqual(["shop.example.com", "eu.shop.example.com"]);
  });

  it("speaks for no name that is not its own or below it, however it is spelled", () => {
    const look = "аеорсухіјѕѡӏⅰⅼ０１ｅｘａｍｐｌｅ。．｡ⓔßſ‐‑‒–—\u00ad\u200b\u200d\u202e\u2024/@:?#%\\ *_";
    const piece = fc.oneof(
      fc.constantFrom("shop", "example", "com", "shop.example.com", "xn--", "xn--e1afmkfd", "evil", "co.uk"),
      fc.constantFrom(...look),
      fc.constantFrom(".", "..", "-", "@", ":443", "\t", "\0", "%2e"),
      fc.string({ unit: "grapheme", maxLength: 3 }),
    );
    const name = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
    const domain = { host: "shop.example.com", scope: "subtree" } as const;
    fc.assert(
      fc.property(name, fc.constantFrom("", ".shop.example.com", ".example.com"), (text, end) => {
        const host = Host.safeParse(text + end);
        if (!host.success) return;
        const dialed = new URL(`https://${host.data}/`).hostname;
        const isBelow = /^([a-z0-9-]+\.)*shop\.example\.com$/.test(dialed);
        expect(covers(domain, host.data)).toBe(isBelow);
        expect(covers({ ...domain, scope: "host" }, host.data)).toBe(dialed === domain.host);
      }),
      { numRuns: effort(100_000), seed: seed(11) },
    );
  });
});
