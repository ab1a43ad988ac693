import { BlockList } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { areInside, Cidr, isInside } from "#functions/access/network.ts";
import { effort, seed } from "#test/effort.ts";

test.each([
  ["192.0.2.0/24", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"],
  ["10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"],
  ["192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"],
  ["128.0.0.0/1", "128.0.0.0", "255.255.255.255", "127.255.255.255", "0.0.0.0"],
  ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::"],
  ["2001:db8::1", "2001:DB8::1", "2001:db8:0:0::0:1", "2001:db8::", "2001:db8::2"],
  ["2001:db8::/127", "2001:db8::", "2001:db8::1", "2001:db7::1", "2001:db8::2"],
])("%s begins with %s and ends with %s", (cidr, first, last, before, after) => {
  expect([first, last, before, after].map((address) => isInside([cidr], address))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("all of one family is nobody of the other, and IPv4 inside IPv6 is IPv4", () => {
  expect([isInside(["0.0.0.0/0"], "255.255.255.255"), isInside(["::/0"], "ffff::")]).toEqual([true, true]);
  expect([isInside(["0.0.0.0/0"], "2001:db8::1"), isInside(["::/0"], "192.0.2.1")]).toEqual([false, false]);
  expect(isInside(["192.0.2.0/24"], "::ffff:192.0.2.9")).toBe(true);
  expect(isInside(["::ffff:192.0.2.0/120"], "192.0.2.9")).toBe(true);
  expect(isInside(["::ffff:192.0.2.0/120"], "192.0.3.9")).toBe(false);
});

test("an address that is missing or none lies nowhere", () => {
  for (const address of [
    undefined,
    "",
    "192.0.2",
    "192.0.2.1.1",
    "192.0.2.256",
    "fe80::1%eth0",
    "::g",
    "0x7f.1",
  ])
    expect(isInside(["0.0.0.0/0", "::/0"], address), address).toBe(false);
});

test.each([
  "192.0.2.1/24",
  "192.0.2.0/33",
  "192.0.2.0/-1",
  "2001:db8::1/64",
  "2001:db8::/129",
  "fe80::%1/64",
  "::ffff:192.0.2.0/95",
  "192.0.2.0/24/24",
  " 192.0.2.0/24",
  "localhost",
  "",
])("%s is no network", (text) => {
  expect(Cidr.safeParse(text).success).toBe(false);
});

const textOf = (bits: 32 | 128, value: bigint): string => {
  const [size, count, base] = bits === 32 ? [8n, 4, 10] : [16n, 8, 16];
  return Array.from({ length: count }, (_, at) =>
    ((value >> (size * BigInt(count - 1 - at))) & ((1n << size) - 1n)).toString(base),
  ).join(bits === 32 ? "." : ":");
};

/** A network, and an address in it, just beside it or anywhere. */
const asked = fc.constantFrom(32 as const, 128 as const).chain((bits) => {
  const any = fc.bigInt({ min: 1n << BigInt(bits - 4), max: (1n << BigInt(bits)) - 1n });
  return fc.tuple(any, any, fc.nat(bits), fc.nat(2)).map(([value, other, prefix, near]) => {
    const size = 1n << BigInt(bits - prefix);
    const first = value - (value % size);
    const [inside, beside] = [first + (other % size), (first + size) % (1n << BigInt(bits))];
    const address = textOf(bits, [inside, beside, other][near] ?? other);
    return { family: bits === 32 ? "ipv4" : "ipv6", first: textOf(bits, first), prefix, address } as const;
  });
});

test("agrees with Node's own list about every network and address", () => {
  let inside = 0;
  fc.assert(
    fc.property(asked, ({ family, first, prefix, address }) => {
      const list = new BlockList();
      list.addSubnet(first, prefix, family);
      const expected = list.check(address, family);
      inside += Number(expected);
      return isInside([Cidr.parse(`${first}/${prefix}`)], address) === expected;
    }),
    { numRuns: effort(100_000), seed: seed(41) },
  );
  expect(inside).toBeGreaterThan(effort(100_000) / 4);
});

test("a network lies in another when all of it does", () => {
  expect(areInside(["10.1.0.0/16", "192.0.2.1"], ["10.0.0.0/8", "192.0.2.0/24"])).toBe(true);
  expect(areInside(["10.0.0.0/8"], ["10.0.0.0/9", "10.128.0.0/9"])).toBe(false);
  expect(areInside(["10.0.0.0/7"], ["10.0.0.0/8"])).toBe(false);
  expect(areInside(["::/0"], ["0.0.0.0/0"])).toBe(false);
});
