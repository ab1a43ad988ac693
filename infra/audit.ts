import { Construct } from "constructs";
import { auditRoutes } from "#functions/audit/routes.ts";
import type { Service } from "./data-stack.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute, Schedule } from "./schedule.ts";

/**
 * Who did what: shown to the store, sealed every minute, verified every day. No role here or elsewhere may change or
 * remove a record or a seal; only the sealer signs, and it writes no record.
 */
export class Audit extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; undelivered: DeadLetters }) {
    super(scope, "audit");
    const { data } = on;
    const read = new Lambda(this, "audit/audit", {
      on,
      timeoutSeconds: 20,
      grants: [data.audit.may("query", "put")],
    });
    parts.api.serve(auditRoutes, read);
    const sealer = new Lambda(this, "audit/seal-audit", {
      on,
      timeoutSeconds: 55,
      grants: [data.audit.may("list", "get"), data.seals.may("get", "query", "put"), data.keys.sign()],
    });
    const examiner = new Lambda(this, "audit/examine-audit", {
      on,
      // A minute below Lambda's own limit, and memory for a chain of a million records.
      timeoutSeconds: 14 * 60,
      memoryMegabytes: 2048,
      grants: [
        data.access.may("get", "list"),
        // Whose sessions a leaked key may have read, and whose they are as long as that is known; it opens nothing.
        data.commerce.may("get", "list"),
        data.people.may("get"),
        // It puts on record who looked.
        data.audit.may("list", "get", "query", "put"),
        data.seals.may("list", "get", "query"),
        data.keys.readPublicKey(),
      ],
    });
    const called = { stage: on.stage, undelivered: parts.undelivered };
    new EveryMinute(this, sealer, called);
    new Schedule(this, examiner, "every-day", called);
  }
}
