import { AwsError } from "./aws.ts";
import { Refused } from "./gateway-response.ts";
import type { Iam } from "./iam.ts";
import type { Invoked, Lambda } from "./lambda.ts";

export type Calls = { readonly lambda: Lambda; readonly iam: Iam };

type Called = {
  readonly functionArn: string;
  /** As whom the gateway calls; without one the function's own policy must let it. */
  readonly roleArn: string | undefined;
};

/** Calls a function for a gateway, if it may; if not, the request ends as AWS ends it where an API is badly set up. */
export const callFor = async (
  { lambda, iam }: Calls,
  { functionArn, roleArn }: Called,
  by: { readonly sourceArn: string; readonly orElse: ConstructorParameters<typeof Refused>[0] },
  event: unknown,
): Promise<Invoked> => {
  const caller =
    roleArn === undefined
      ? iam.service("apigateway.amazonaws.com", by.sourceArn)
      : iam.principal(roleArn, `apigateway for ${by.sourceArn}`);
  try {
    caller.may("lambda:InvokeFunction", functionArn);
  } catch (error) {
    if (error instanceof AwsError) throw new Refused(by.orElse);
    throw error;
  }
  return lambda.invoke(lambda.find(functionArn), event, "apigateway");
};
