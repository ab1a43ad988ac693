import { Construct } from "constructs";
import { storeRoutes } from "#functions/store/routes.ts";
import type { Service } from "./data-stack.ts";
import { Lambda } from "./lambda.ts";
import type { RestApi } from "./rest-api.ts";

/** A store's own settings and discounts, for its integrations. */
export class Store extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi }) {
    super(scope, "store");
    const store = new Lambda(this, "store/store", {
      on,
      timeoutSeconds: 20,
      grants: [
        on.data.access.may("get", "put"),
        on.data.commerce.may("get", "query", "put", "check"),
        on.data.audit.may("put"),
      ],
    });
    parts.api.serve(storeRoutes, store);
  }
}
