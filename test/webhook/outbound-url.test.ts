import fc from "fast-check";
import { expect, test } from "vitest";
import { parseOutboundPolicy, parseOutboundUrl } from "#functions/runtime/outbound-url.ts";
import { effort, seed } from "../effort.ts";

test.each([
  "https://hooks.example.com/agentic",
  "https://hooks.example.com:443/a?b=c",
  "https://a-b.example.co.uk/",
  "https://xn--bcher-kva.example.org/",
  "https://bücher.example.org/",
])("takes %s", (url) => {
  expect(parseOutboundUrl(url, "public")?.where).toBe("internet");
});

const refused = [
  "http://example.com/",
  "ftp://example.com/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "//example.com/",
  "example.com",
  "",
  "https://",
  "https://user@example.com/",
  "https://user:pass@example.com/",
  "https://@example.com/",
  "https://:@example.com/",
  "https:user@example.com",
  "https://example.com@10.0.0.1/",
  "https://example.com\\@10.0.0.1/",
  "https://10.0.0.1\\.example.com/",
  "https://example.com/#fragment",
  "https://example.com/#",
  "https://example.com#@10.0.0.1/",
  "https://example.com:8443/",
  "https://example.com:80/",
  "https://example.com:22/",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://017700000001/",
  "https://127.0.0.1./",
  "https://8.8.8.8/",
  "https://0/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2600::1]/",
  "https://169.254.169.254/latest/meta-data/",
  "https://[fd00:ec2::254]/",
  "https://①②⑦.⓪.⓪.①/",
  "https://127。0。0。1/",
  "https://１２７.0.0.1/",
  "https://localhost/",
  "https://LOCALHOST/",
  "https://ｌｏｃａｌｈｏｓｔ/",
  "https://%6c%6f%63alhost/",
  "https://loc\u00adalhost/",
  "https://foo.localhost/",
  "https://localhost.localdomain/",
  "https://printer.local/",
  "https://metadata.google.internal/",
  "https://ip-10-0-0-1.ec2.internal/",
  "https://1.0.0.127.in-addr.arpa/",
  "https://x.onion/",
  "https://x.test/",
  "https://x.invalid/",
  "https://x.lan/",
  "https://x.corp/",
  "https://intranet/",
  "https://example.com./",
  "https://example..com/",
  "https://-example.com/",
  "https://exa mple.com/",
  "https://exa\tmple.com/",
  "https://example.com/\r\nX-Injected: 1",
  " https://example.com/",
  "https://example.com/ ",
  "https://example.com/\u0000",
  "https://exam\u200bple.com/",
  `https://example.com/${"a".repeat(2_048)}`,
  `https://${"a".repeat(64)}.com/`,
  `https://${"a.".repeat(130)}com/`,
  "https://example.com:443@10.0.0.1/",
  "https:///127.0.0.1/",
  "https:/127.0.0.1/",
  "https:127.0.0.1",
];

test.each(refused)("refuses %j", (url) => {
  expect(parseOutboundUrl(url, "public")).toBeUndefined();
});

/** Ways in which the published lists of bypasses write this machine, AWS's metadata and private networks. */
const inside = [
  ...[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.127.127.127",
    "0",
    "0.0.0.0",
    "0000.0000.0000.0000",
    "2130706433",
  ],
  ...["0x7f000001", "0x7F.0x0.0x0.0x1", "0177.0.0.1", "0177.0.0.01", "00000177.0.0.1", "017700000001"],
  ...[
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "169.254.43518",
  ],
  ...["10.0.0.1", "167772161", "012.0.0.1", "192.168.0.1", "3232235521", "172.16.0.1", "100.100.100.200"],
  ...["[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a9fe:a9fe]"],
  ...[
    "[::127.0.0.1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
  ],
  ...[
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[fe80::1]",
    "[fc00::1]",
    "localhost",
    "LocalHost",
    "localhost.",
  ],
  ...[
    "a.localhost",
    "localhost.localdomain",
    "metadata.google.internal",
    "instance-data.ec2.internal",
    "kubernetes",
  ],
  ...[
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１６９．２５４．１６９．２５４",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "%31%32%37.0.0.1",
    "127.0.0.1%2f",
  ],
] as const;
const disguises = [
  (host: string) => `https://${host}/`,
  (host: string) => `https://example.com@${host}/`,
  (host: string) => `https://${host}#.example.com/`,
  (host: string) => `https://${host}\\.example.com/`,
  (host: string) => `https:\\\\${host}/`,
] as const;

test("lets none of the known ways inside through, however it is dressed", () => {
  const all = inside.flatMap((host) => disguises.map((disguise) => disguise(host)));
  expect(all.length).toBeGreaterThan(200);
  expect(all.filter((url) => parseOutboundUrl(url, "public"))).toEqual([]);
});

test.each(["http://localhost:3000/hook", "http://127.0.0.1:9/", "https://[::1]:8443/", "http://localhost/"])(
  "takes %s only where the stage is local",
  (url) => {
    expect(parseOutboundUrl(url, "loopback")?.where).toBe("this_machine");
    expect(parseOutboundUrl(url, "public")).toBeUndefined();
  },
);

test.each([
  "http://user@localhost/",
  "http://example.com/",
  "http://127.0.0.2/",
  "http://10.0.0.1/",
  "http://169.254.169.254/",
  "http://foo.localhost/",
])("refuses %s even there", (url) => {
  expect(parseOutboundUrl(url, "loopback")).toBeUndefined();
});

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6().map((text) => `[${text}]`),
);

test("no way of writing an address gets through", () => {
  fc.assert(
    fc.property(address, fc.webPath(), (host, path) => {
      expect(parseOutboundUrl(`https://${host}${path}`, "public")).toBeUndefined();
    }),
    { numRuns: effort(100_000), seed: seed(39) },
  );
});

test("whatever is taken is https to a name of two labels or more, without user, port or fragment", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "https://",
      "http://",
      "@",
      ":",
      "/",
      "\\",
      "#",
      "?",
      ".",
      "[",
      "]",
      "%",
      "localhost",
      "127.0.0.1",
    ),
    fc.constantFrom("a.com", "example.org", "\t", "0x7f", "：", "。", "／", ".internal", ":443", ":80"),
    fc.string({ maxLength: 6, unit: "grapheme" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const url = parseOutboundUrl(`https://${pieces.join("")}`, "public")?.url;
      if (!url) return;
      expect(url.href).toMatch(/^https:\/\/[a-z0-9_-]+(\.[a-z0-9_-]+)+\//);
      expect([url.protocol, url.username, url.password, url.port, url.hash]).toEqual([
        "https:",
        "",
        "",
        "",
        "",
      ]);
      expect(url.hostname).not.toMatch(/^[\d.]+$|\.localhost$|\.internal$/);
    }),
    { numRuns: effort(1_000_000), seed: seed(40) },
  );
});

test("an unknown policy stops the function instead of opening it", () => {
  expect(parseOutboundPolicy("public")).toBe("public");
  expect(() => parseOutboundPolicy("")).toThrow("OUTBOUND_POLICY");
});
