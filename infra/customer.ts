import { Construct } from "constructs";
import { customerRoutes } from "#functions/customer/routes.ts";
import type { Service } from "./data-stack.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";

/** Who bought, for whom they are: reading, exporting, correcting, freezing and forgetting people. */
export class Customer extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; undelivered: DeadLetters }) {
    super(scope, "customer");
    const { data } = on;
    const customer = new Lambda(this, "customer/customer", {
      on,
      timeoutSeconds: 25,
      grants: [
        data.access.may("get"),
        data.keys.unwrap(),
        data.commerce.may("get", "query", "list", "put"),
        data.people.may("get", "list", "update", "delete"),
        data.erasures.may("get", "query", "put", "delete"),
        data.outbox.may("put"),
        data.audit.may("put"),
      ],
    });
    parts.api.serve(customerRoutes, customer);
    const sweeper = new Lambda(this, "customer/sweep-erasures", {
      on,
      timeoutSeconds: 50,
      // It forgets people, and can open nothing of them.
      grants: [
        data.commerce.may("get", "put"),
        data.people.may("get", "list", "delete"),
        data.erasures.may("due", "get", "query", "put", "delete"),
        data.outbox.may("put"),
        data.audit.may("put"),
      ],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}
