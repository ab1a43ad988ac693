import { Construct } from "constructs";
import type { Service } from "./data-stack.ts";
import { Lambda } from "./lambda.ts";

/** Who is calling: the authorizer that both APIs ask before anything else. */
export class Access extends Construct {
  readonly authorize: Lambda;

  constructor(scope: Construct, on: Service) {
    super(scope, "access");
    this.authorize = new Lambda(this, "access/authorize", {
      on,
      timeoutSeconds: 5,
      memoryMegabytes: 1024,
      // Counts the principal's requests and notes the key's last use beside the read.
      grants: [on.data.access.may("get", "update"), on.data.secrets.readPepper()],
    });
  }
}
