import { lambda } from "#functions/runtime/lambda.ts";
import { outbound } from "#functions/runtime/outbound.ts";
import { parseResolvers, txtReader } from "#functions/runtime/outbound-dns.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { domainStore } from "./domain.store.ts";
import type { ProvesDomains } from "./prove-domain.ts";
import { recheckDomains } from "./recheck-domains.ts";

export const wire = (on: Platform & ProvesDomains) =>
  sweepHandler(on, recheckDomains({ ...on, stores: storeStore(on.table), domains: domainStore(on.table) }));

export const handler = lambda<ProvesDomains>(wire, {
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
  readTxt: (on) => txtReader(parseResolvers(on.environment.get("DNS_RESOLVERS"))),
});
