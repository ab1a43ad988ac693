import { domainToASCII } from "node:url";
import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";

/**
 * A host name as it is stored and compared: lower case, IDNA A-labels, at least two labels, nothing beside the
 * name: no scheme, port, path, user or IP address, which could pass one check as this host and dial another.
 */
export const Host = z
  .string()
  .max(1_024)
  .transform((text) => normalHost(text) ?? "")
  .refine((host) => host !== "", { error: "must be a host name such as shop.example.com" });
export type Host = z.infer<typeof Host>;

/** A domain that speaks for its store. `operator`: whoever runs the service vouched for it. */
export const Domain = z.object({
  host: z.string(),
  method: z.enum(["operator"]),
  verifiedAt: Instant,
});
export type Domain = z.infer<typeof Domain>;

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
