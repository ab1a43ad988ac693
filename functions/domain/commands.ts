import { command, only } from "#functions/operator/command.ts";
import { VouchDomain, type VouchesDomains, vouchDomain } from "./vouch-domain.ts";

/** What the operator may have done with domains. */
export const domainCommands = {
  "verify-domain": command(
    VouchDomain,
    (on: VouchesDomains) => vouchDomain(on),
    only("storeId", "verifiedDomains"),
  ),
};
