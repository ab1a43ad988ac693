import { Construct } from "constructs";
import { acpRoutes } from "#functions/acp/routes.ts";
import type { Service } from "./data-stack.ts";
import { knows } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { RestApi } from "./rest-api.ts";
import { sealing } from "./sealing.ts";
import type { Workflow } from "./workflow.ts";

/** ACP's operations, discovery included, behind one function. */
export class Acp extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; checkout: Workflow }) {
    super(scope, "acp");
    const { data } = on;
    const acp = new Lambda(this, "acp/acp", {
      on,
      // Below the gateway's 29 s, above the 24 s at which the operation answers by itself.
      timeoutSeconds: 28,
      memoryMegabytes: 1024,
      grants: [
        ...sealing(on),
        // A session begins only while its store sells.
        data.access.may("check"),
        data.people.may("put", "update"),
        // A buyer who leaves while authenticating gives stock and discounts back, by counting; what is missing to
        // buy is answered under a check that nobody has changed it.
        data.commerce.may("get", "put", "update", "check"),
        data.outbox.may("put"),
        parts.checkout.startAndWait(),
        knows({ AGENT_API_URL: parts.api.url }),
      ],
    });
    parts.api.serve(acpRoutes, acp);
  }
}
