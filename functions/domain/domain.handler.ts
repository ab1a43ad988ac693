import { recordRequest } from "#functions/audit/record-request.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { limitFactorOf } from "#functions/runtime/counter.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { outbound } from "#functions/runtime/outbound.ts";
import { parseResolvers, txtReader } from "#functions/runtime/outbound-dns.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { brakeAct } from "#functions/velocity/brake-act.ts";
import { challengeDomain } from "./challenge-domain.ts";
import { domainStore } from "./domain.store.ts";
import type { ProvesDomains } from "./prove-domain.ts";
import { listDomains } from "./read-domains.ts";
import { removeDomain } from "./remove-domain.ts";
import { domainRoutes } from "./routes.ts";
import { verifyDomain } from "./verify-domain.ts";

export const wire = (on: Platform & ProvesDomains) => {
  const collaborators = {
    ...on,
    stores: storeStore(on.table),
    domains: domainStore(on.table),
    brake: brakeAct({ ...on, limitFactor: limitFactorOf(on.environment) }),
    policy: parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY")),
  };
  return apiHandler(on, {
    routes: domainRoutes,
    operations: {
      challengeDomain: challengeDomain(collaborators),
      listDomains: listDomains(collaborators),
      verifyDomain: verifyDomain(collaborators),
      removeDomain: removeDomain(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda<ProvesDomains>(wire, {
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
  readTxt: (on) => txtReader(parseResolvers(on.environment.get("DNS_RESOLVERS"))),
});
