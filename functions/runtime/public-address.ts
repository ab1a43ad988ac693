import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IPv4 that the public internet does not route to one owner (IANA special-purpose registry, multicast, reserved). */
export const specialIpv4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** All that is global in IPv6; IPv4-mapped, NAT64, unique local, link-local and multicast lie outside. */
export const globalIpv6 = "2000::/3";

/** What is special inside it: protocol assignments with Teredo, documentation, 6to4. */
export const specialIpv6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"] as const;

export const loopbacks = ["127.0.0.0/8", "::1/128"] as const;

/** Whether a stranger may make us connect to it: a global unicast address, and neither ours nor a tunnel to one. */
export const isPublicAddress = (address: string): boolean => {
  if (isIPv4(address)) return !blocks.special4.check(address, "ipv4");
  // A zone names one of our own interfaces.
  if (!isIPv6(address) || address.includes("%")) return false;
  return blocks.global6.check(address, "ipv6") && !blocks.special6.check(address, "ipv6");
};

export const isLoopback = (address: string): boolean => {
  if (isIPv4(address)) return blocks.loopback.check(address, "ipv4");
  return isIPv6(address) && blocks.loopback.check(address, "ipv6");
};

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
};

const blocks = {
  special4: listOf(specialIpv4),
  global6: listOf([globalIpv6]),
  special6: listOf(specialIpv6),
  loopback: listOf(loopbacks),
} as const;
