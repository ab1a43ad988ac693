import { Construct } from "constructs";
import { domainRoutes } from "#functions/domain/routes.ts";
import type { Service } from "./data-stack.ts";
import { knows, limits } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";

/** Which domains speak for a store. Both functions dial hosts that others name, so they can do nothing else. */
export class Domain extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; undelivered: DeadLetters }) {
    super(scope, "domain");
    const { data, stage } = on;
    const resolvers = knows({ DNS_RESOLVERS: stage.resolvers.join(",") });
    const domain = new Lambda(this, "domain/domain", {
      on,
      timeoutSeconds: 20,
      grants: [
        // Counts new names, too.
        data.access.may("get", "query", "put", "update", "delete"),
        data.audit.may("put"),
        // The store that loses a domain to another is told, and one whose new names are too many.
        data.outbox.may("put"),
        // Idempotency records.
        data.commerce.may("get", "put"),
        resolvers,
        limits(stage),
      ],
    });
    parts.api.serve(domainRoutes, domain);
    const recheck = new Lambda(this, "domain/recheck-domains", {
      on,
      timeoutSeconds: 50,
      grants: [
        data.access.may("due", "get", "put"),
        data.audit.may("put"),
        data.outbox.may("put"),
        resolvers,
      ],
    });
    new EveryMinute(this, recheck, { stage, undelivered: parts.undelivered });
  }
}
