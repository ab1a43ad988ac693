import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";

/** An address as a number of 32 or 128 bits. IPv4 inside IPv6 (`::ffff:192.0.2.1`) is IPv4: a caller comes as either. */
type Address = { readonly bits: 32 | 128; readonly value: bigint };
type Network = Address & { readonly prefix: number };

/** `192.0.2.0/24`, `2001:db8::/32`, or one address alone. */
export const Cidr = z
  .string()
  .max(49)
  .refine((text) => networkOf(text) !== undefined, {
    error: "must be a network such as 192.0.2.0/24 or 2001:db8::/32 without bits beyond its prefix",
  });

/** Whether the address lies in one of the networks. One that is missing or can't be read lies in none. */
export const isInside = (cidrs: readonly string[], address: string | undefined): boolean => {
  const caller = address === undefined ? undefined : addressOf(address);
  return caller !== undefined && liesIn(cidrs, { ...caller, prefix: caller.bits });
};

/** Whether every one of these networks lies in one of those: then they let in nobody more. */
export const areInside = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.every((text) => {
    const network = networkOf(text);
    return network !== undefined && liesIn(outer, network);
  });

/**
 * About whose network it is, and where: an internet provider's /16 of IPv4, or the /32 of IPv6 that one is given as a
 * rule. Addresses within one are near each other, whatever the truth.
 */
export const providerOf = (text: string): Provider | undefined => {
  const address = addressOf(text);
  if (!address) return undefined;
  const { bits, value } = address;
  return bits === 32
    ? { kind: "ipv4", network: `${value >> 16n}` }
    : { kind: "ipv6", network: `${value >> 96n}` };
};
export type Provider = { readonly kind: "ipv4" | "ipv6"; readonly network: string };

const liesIn = (cidrs: readonly string[], inner: Network): boolean =>
  cidrs.some((text) => {
    const outer = networkOf(text);
    if (outer === undefined || outer.bits !== inner.bits || outer.prefix > inner.prefix) return false;
    const beyond = BigInt(outer.bits - outer.prefix);
    return outer.value >> beyond === inner.value >> beyond;
  });

const networkOf = (text: string): Network | undefined => {
  const [, host = "", length] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = addressOf(host);
  if (!address) return undefined;
  const prefix = length === undefined ? address.bits : Number(length) - mapped(host, address);
  if (prefix < 0 || prefix > address.bits) return undefined;
  const beyond = (1n << BigInt(address.bits - prefix)) - 1n;
  return (address.value & beyond) === 0n ? { ...address, prefix } : undefined;
};

/** How many bits of the prefix an IPv4 address wears when it is written as IPv6. */
const mapped = (host: string, { bits }: Address): number => (isIPv6(host) && bits === 32 ? 96 : 0);

const addressOf = (text: string): Address | undefined => {
  if (isIPv4(text)) return { bits: 32, value: ipv4(text) };
  // A zone names an interface, and no network.
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const value = ipv6(text);
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
};

const ipv4 = (text: string): bigint => text.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);

const ipv6 = (text: string): bigint => {
  const hex = text.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) => {
    const value = ipv4(tail);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = [], tail] = hex.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const zeros = tail ? Array<string>(8 - head.length - tail.length).fill("0") : [];
  return [...head, ...zeros, ...(tail ?? [])].reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
};
