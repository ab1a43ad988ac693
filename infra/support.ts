import { Construct } from "constructs";
import { supportRoutes } from "#functions/support/routes.ts";
import type { Service } from "./data-stack.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";

/** Access for people of support: granted by a store's admin, for minutes. */
export class Support extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; undelivered: DeadLetters }) {
    super(scope, "support");
    const { data } = on;
    const support = new Lambda(this, "support/support", {
      on,
      timeoutSeconds: 20,
      grants: [
        data.access.may("get", "query", "put", "update", "check"),
        data.audit.may("put"),
        // Idempotency records.
        data.commerce.may("get", "put"),
        data.outbox.may("put"),
        // The person's name, and for an hour the key, are sealed with the store's key.
        data.keys.unwrap(),
        data.secrets.readPepper(),
      ],
    });
    parts.api.serve(supportRoutes, support);
    const sweeper = new Lambda(this, "support/sweep-support", {
      on,
      timeoutSeconds: 50,
      grants: [data.access.may("due", "get", "put", "update"), data.audit.may("put"), data.outbox.may("put")],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}
