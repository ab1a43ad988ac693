import { domainToASCII } from "node:url";
import { getPublicSuffix } from "tldts";
import { z } from "zod";

/**
 * A host name as it is stored and compared: lower case, IDNA A-labels, at least two labels, nothing beside the
 * name: no scheme, port, path, user or IP address, which could pass one check as this host and dial another. Nor a
 * public suffix: under `co.uk` or `github.io` everybody has names.
 */
export const Host = z
  .string()
  .max(1_024)
  .transform((text) => normalHost(text) ?? "")
  .refine((host) => host !== "", { error: "must be a host name such as shop.example.com" })
  .refine((host) => !isPublicSuffix(host), {
    error: "must be a name of one's own, not a suffix that many share such as co.uk",
  });
export type Host = z.infer<typeof Host>;

/** How far a domain speaks: `host` for itself alone, `subtree` for every name below it too. */
export const DomainScope = z.enum(["host", "subtree"]);
export type DomainScope = z.infer<typeof DomainScope>;

/** Whether the domain speaks for the host; both as `Host` gives them. */
export const covers = (domain: { host: string; scope: DomainScope }, host: string): boolean =>
  host === domain.host || (domain.scope === "subtree" && host.endsWith(`.${domain.host}`));

const normalHost = (text: string): string | undefined => {
  // What a URL parser would read as a boundary is refused before one sees it.
  if (/[^\p{L}\p{M}\p{N}.\-\u3002\uff0e\uff61\u200c\u200d]/u.test(text)) return undefined;
  const host = domainToASCII(text).replace(/\.$/, "");
  const labels = host.split(".");
  const named = labels.length >= 2 && labels.every((label) => dnsLabel.test(label));
  return named && host.length <= 253 && !numeric.test(labels.at(-1) ?? "") ? host : undefined;
};

const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A last label in digits makes the whole an IPv4 address, in one of its many spellings. */
const numeric = /^(\d+|0x[0-9a-f]*)$/;

const isPublicSuffix = (host: string): boolean =>
  getPublicSuffix(host, { allowPrivateDomains: true, extractHostname: false }) === host;
