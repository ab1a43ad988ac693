import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";

/** What one resolver says of a name: its TXT records, each joined from its strings, or that it can't tell. */
export type TxtAnswer = { readonly records: readonly string[] } | "unknown";

/** One answer for each resolver; they are asked at the same time and know nothing of each other. */
export type ReadTxt = (name: string) => Promise<readonly TxtAnswer[]>;

/**
 * Resolvers on different paths, by address: whoever poisons one has the other still to go. Those that validate DNSSEC
 * answer SERVFAIL for what is bogus, which is "can't tell".
 */
export const txtReader = (servers: readonly string[], timeoutMs = 2_000): ReadTxt => {
  const resolvers = servers.map((server) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
    resolver.setServers([server]);
    return resolver;
  });
  return (name) => Promise.all(resolvers.map((resolver) => answerOf(resolver, name)));
};

const answerOf = async (resolver: Resolver, name: string): Promise<TxtAnswer> => {
  try {
    return { records: (await resolver.resolveTxt(name)).map((strings) => strings.join("")) };
  } catch (error) {
    return absent.has(String((error as { code?: unknown }).code)) ? { records: [] } : "unknown";
  }
};

/** NXDOMAIN, and a name without such a record: both are answers. SERVFAIL, REFUSED and silence are none. */
const absent = new Set(["ENOTFOUND", "ENODATA"]);

/** `DNS_RESOLVERS`: two addresses, each with a port if it is not 53. One alone could lie. */
export const parseResolvers = (text: string): readonly string[] => {
  const servers = text.split(",");
  const fit = servers.every((server) => isIP(server.replace(/:\d+$/, "")) === 4);
  if (servers.length >= 2 && new Set(servers).size === servers.length && fit) return servers;
  throw new Error("DNS_RESOLVERS must be two different IPv4 addresses or more, separated by commas");
};
