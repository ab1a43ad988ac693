import { Construct } from "constructs";
import { accessRoutes, leakAlertRoutes } from "#functions/access/routes.ts";
import type { Service } from "./data-stack.ts";
import { limits } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";

/** Who is calling: the authorizer that both APIs ask before anything else. */
export class Access extends Construct {
  readonly authorize: Lambda;

  constructor(scope: Construct, on: Service) {
    super(scope, "access");
    this.authorize = new Lambda(this, "access/authorize", {
      on,
      timeoutSeconds: 5,
      memoryMegabytes: 1024,
      grants: [
        // Notes the key's last use, its digest under a new pepper, and that somebody asks.
        on.data.access.may("get", "update"),
        on.data.secrets.readPepper(),
        // Word of a key in the wrong place.
        on.data.commerce.may("put"),
        limits(on.stage),
      ],
    });
  }
}

/** A store's license keys, for whoever may manage them there, and what happens to them when their time is up. */
export class LicenseKeys extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; undelivered: DeadLetters }) {
    super(scope, "license-keys");
    const { data } = on;
    const access = new Lambda(this, "access/access", {
      on,
      timeoutSeconds: 20,
      grants: [
        data.access.may("get", "query", "put", "update", "check"),
        data.audit.may("put"),
        // The end of an access of support, with whoever granted it.
        data.outbox.may("put"),
        // Idempotency records.
        data.commerce.may("get", "put"),
        // A new key is sealed with the store's key, for the hour in which its answer may be asked for again.
        data.keys.unwrap(),
        data.secrets.readPepper(),
      ],
    });
    parts.api.serve(accessRoutes, access);
    const alerted = new Lambda(this, "access/receive-alert", {
      on,
      timeoutSeconds: 20,
      grants: [
        data.access.may("get", "update"),
        data.audit.may("put"),
        data.outbox.may("put"),
        data.secrets.readPepper(),
      ],
    });
    parts.api.serve(leakAlertRoutes, alerted);
    const sweeper = new Lambda(this, "access/sweep-keys", {
      on,
      timeoutSeconds: 50,
      grants: [
        data.access.may("due", "get", "update"),
        data.commerce.may("due", "get", "delete"),
        data.audit.may("put"),
        data.outbox.may("put"),
        data.secrets.readPepper(),
      ],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}
