import { Construct } from "constructs";
import { catalogRoutes } from "#functions/catalog/routes.ts";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import type { Service } from "./data-stack.ts";
import { limits } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { RestApi } from "./rest-api.ts";

import { timeoutOf } from "./workflow.ts";

/** What is for sale, for stores to write and agents to read. */
export class Catalog extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi }) {
    super(scope, "catalog");
    const { data } = on;
    const catalog = new Lambda(this, "catalog/catalog", {
      on,
      timeoutSeconds: 20,
      grants: [
        data.access.may("get", "check"),
        data.commerce.may("get", "query", "put", "update"),
        data.audit.may("put"),
      ],
    });
    parts.api.serve(catalogRoutes, catalog);
  }
}

/** The checkout workflow's first step. */
export class ReserveStock extends Construct {
  readonly step: Lambda;

  constructor(scope: Construct, on: Service) {
    super(scope, "stock");
    const { data } = on;
    this.step = new Lambda(this, "catalog/reserve-stock", {
      on,
      timeoutSeconds: timeoutOf("catalog/reserve-stock", checkoutWorkflow),
      memoryMegabytes: 1024,
      grants: [
        // Counts purchases.
        data.access.may("get", "update"),
        limits(on.stage),
        data.commerce.may("get", "put", "update"),
        data.outbox.may("put"),
        // Whose checkout it is, where the buyer is named only now.
        data.people.may("update"),
      ],
    });
  }
}
