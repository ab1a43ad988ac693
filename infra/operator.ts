import { CfnOutput } from "aws-cdk-lib";
import { Construct } from "constructs";
import { operatorSeconds } from "#functions/operator/limits.ts";
import type { Service } from "./data-stack.ts";
import { knows } from "./grant.ts";
import { Lambda } from "./lambda.ts";

/** What only the operator may do, such as making a store. Nothing invokes it but a person with IAM rights to. */
export class Operator extends Construct {
  constructor(scope: Construct, on: Service, urls: { agent: string; store: string }) {
    super(scope, "operator");
    const { data } = on;
    const operator = new Lambda(this, "operator/operator", {
      on,
      timeoutSeconds: operatorSeconds,
      grants: [
        data.access.may("get", "query", "list", "put", "update", "delete", "check"),
        data.audit.may("put"),
        data.outbox.may("put"),
        // Kills the tokens of what is being paid, ends the sessions of a store that is stopped, with their keys.
        data.commerce.may("due", "get", "put", "update"),
        data.people.may("update"),
        // Gives the endpoints of a store that is closed their end, and vouches for an agent's.
        data.webhooks.may("get", "query", "update"),
        data.keys.wrap(),
        // Whoever gets a key has a name, sealed with the store's key.
        data.keys.unwrap(),
        data.secrets.readPepper(),
        knows({ AGENT_API_URL: urls.agent, STORE_API_URL: urls.store }),
      ],
    });
    new Lambda(this, "operator/rotate-secrets", {
      on,
      timeoutSeconds: operatorSeconds,
      memoryMegabytes: 1024,
      grants: [
        data.access.may("get", "query", "list", "put"),
        data.audit.may("put"),
        data.commerce.may("due", "list", "get"),
        data.erasures.may("due", "get", "put"),
        data.people.may("get", "list", "put", "update"),
        data.keys.unwrap(),
        data.keys.wrap(),
        data.keys.rewrap(),
        data.secrets.rotatePepper(),
        data.secrets.putStripe(),
      ],
    });
    new CfnOutput(this, "function", { value: operator.function.functionName });
  }
}
