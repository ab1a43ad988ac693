import { Construct } from "constructs";
import { docsPages } from "#functions/docs/pages.ts";
import type { Service } from "./data-stack.ts";
import { knows } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { RestApi } from "./rest-api.ts";

/** What an API takes and answers, to be read by everybody: a function that may do nothing. */
export class Docs extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi }) {
    super(scope, "docs");
    const docs = new Lambda(this, `docs/${parts.api.name}-docs`, {
      on,
      timeoutSeconds: 5,
      grants: [knows({ API_URL: parts.api.url })],
    });
    parts.api.serve(docsPages, docs);
  }
}
