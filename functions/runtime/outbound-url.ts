/**
 * Which hosts may be dialed that others name. `loopback`, for the local stage only, also takes this machine, by
 * any port and without TLS.
 */
export type OutboundPolicy = "public" | "loopback";

export const parseOutboundPolicy = (text: string): OutboundPolicy => {
  if (text === "public" || text === "loopback") return text;
  throw new Error(`OUTBOUND_POLICY must be public or loopback, not ${text}`);
};

/** Parsed once: whoever dials uses this, never the text again, so no second reading can differ. */
export type Target = { readonly url: URL; readonly where: "internet" | "this_machine" };

export const parseOutboundUrl = (text: string, policy: OutboundPolicy): Target | undefined => {
  if (text.length > 2_048 || odd.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (policy === "loopback" && isThisMachine(url)) return { url, where: "this_machine" };
  const allowed = url.protocol === "https:" && url.port === "" && isPublicName(url.hostname);
  return allowed ? { url, where: "internet" } : undefined;
};

/** What people mean by the refusal, for an API's answer. */
export const urlRule =
  "must be an https URL of a public host name, on port 443, without user, password or fragment";

/**
 * What parsers disagree on: white space and control characters (WHATWG drops some), backslashes (it turns them),
 * a fragment, a user before the host.
 */
const odd = /[\s\\#\p{Cc}\p{Cf}]|^[a-z]+:\/*[^/?]*@/iu;

const isThisMachine = ({ protocol, hostname }: URL): boolean =>
  (protocol === "http:" || protocol === "https:") && thisMachine.has(hostname);
const thisMachine = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** At least two labels, no address (the parser has made dotted decimal of every form), no reserved top level. */
const isPublicName = (hostname: string): boolean => {
  const labels = hostname.split(".");
  const top = labels.at(-1) ?? "";
  return (
    hostname.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label)) &&
    !/^\d+$/.test(top) &&
    !reserved.has(top)
  );
};

/** RFC 2606, 6761, 6762, 7686, 9476 and what private networks use. */
const reserved = new Set(
  "alt arpa corp example home host internal intranet invalid lan local localdomain localhost onion private test".split(
    " ",
  ),
);
