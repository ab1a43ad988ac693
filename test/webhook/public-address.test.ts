import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isLoopback,
  isPublicAddress,
  loopbacks,
  specialIpv4,
  specialIpv6,
} from "#functions/runtime/public-address.ts";
import { effort, seed } from "../effort.ts";

const toNumber4 = (text: string) => text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
const toText4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
const toNumber6 = (text: string) => {
  const [head = "", tail] = text.split("::");
  const left = head.split(":").filter(Boolean);
  const right = (tail ?? "").split(":").filter(Boolean);
  const groups =
    tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
};
const toText6 = (value: bigint) =>
  Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ":",
  );

const edges = (network: string) => {
  const [address = "", prefix = ""] = network.split("/");
  const four = address.includes(".");
  const first = four ? toNumber4(address) : toNumber6(address);
  const size = 1n << BigInt((four ? 32 : 128) - Number(prefix));
  const text = four ? toText4 : toText6;
  return {
    inside: [first, first + 1n, first + size - 1n].map(text),
    around: [first - 1n, first + size],
    text,
  };
};

/** One address of each block that IANA's registries call special or reserved, whatever the code's own lists say. */
test.each([
  ["0.1.2.3", "10.1.2.3", "100.64.1.2", "127.1.2.3", "169.254.1.2", "172.16.1.2", "172.31.255.254"],
  ["192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.254", "198.51.100.1"],
  ["203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "2001::1", "2001:1ff::1", "2001:db8::1"],
  ["2002::1", "3fff::1", "3fff:fff::1"],
])("%s … is no public address", (...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

describe.each([...specialIpv4])("%s", (network) => {
  test("is refused from its first to its last address", () => {
    for (const address of edges(network).inside)
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });

  test("ends where it ends", () => {
    const { around, text } = edges(network);
    for (const value of around.filter((each) => each >= 0n && each < 1n << 32n)) {
      const address = text(value);
      const inAnother = specialIpv4.some((each) => within4(address, each));
      expect([address, isPublicAddress(address)]).toEqual([address, !inAnother]);
    }
  });
});

const within4 = (address: string, network: string) => {
  const [base = "", prefix = ""] = network.split("/");
  const shift = BigInt(32 - Number(prefix));
  return toNumber4(address) >> shift === toNumber4(base) >> shift;
};

test.each([...specialIpv6])("%s is refused from its first to its last address and no further", (network) => {
  const { inside, around, text } = edges(network);
  for (const address of inside) expect([address, isPublicAddress(address)]).toEqual([address, false]);
  expect(isPublicAddress(text(around[1]!))).toBe(true);
});

/** IANA's special-purpose blocks outside of what is global, AWS's own among them. */
test.each([
  "::/128",
  "::1/128",
  "::ffff:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "100:0:0:1::/64",
  "5f00::/16",
  "fc00::/7",
  "fd00:ec2::/32",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
])("%s is refused from its first to its last address, and so is what lies beside it", (network) => {
  const { inside, around, text } = edges(network);
  const beside = around.filter((value) => value >= 0n && value < 1n << 128n).map(text);
  for (const address of [...inside, ...beside])
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
});

test.each([
  "::",
  "::1",
  "::ffff:8.8.8.8",
  "::ffff:127.0.0.1",
  "::8.8.8.8",
  "64:ff9b::808:808",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "100::1",
  "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "2001:0:4136:e378:8000:63bf:3fff:fdd2",
  "2001:db8::1",
  "2002:7f00:1::",
  "4000::",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "2600::1%eth0",
  "fec0::1",
  "ff02::1",
  "ff0e::1",
  "169.254.169.254",
  "169.254.170.2",
  "255.255.255.255",
  "0177.0.0.1",
  "1",
  "",
  "example.com",
])("%s is no public address", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["8.8.8.8", "1.1.1.1", "223.255.255.255", "2600::1", "2606:4700::1111", "3ffe:ffff::1"])(
  "%s is a public address",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test("an IPv4 address is public exactly if it is in no special block", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }), (value) => {
      const address = toText4(value);
      expect(isPublicAddress(address)).toBe(!specialIpv4.some((network) => within4(address, network)));
    }),
    { numRuns: effort(200_000), seed: seed(38) },
  );
});

test("what is loopback is never public", () => {
  for (const network of loopbacks) {
    for (const address of edges(network).inside.slice(0, 1)) {
      expect(isLoopback(address)).toBe(true);
      expect(isPublicAddress(address)).toBe(false);
    }
  }
});
