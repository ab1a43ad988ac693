import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { prefixOf, type Stage } from "#infra/stage.ts";
import type { Outputs } from "./cdk.ts";
import { credentials, region } from "./ministack.ts";

/** What the operator of a stage can do, against the services of `endpoint`. */
export const operatorOf = (stage: Stage, endpoint: string) => {
  const client = { endpoint, region, credentials, maxAttempts: 1 };
  const lambda = new LambdaClient(client);
  return {
    /** As `npm run ops` does it. */
    operate: async (command: object): Promise<unknown> => {
      const FunctionName = `${prefixOf(stage)}-operator`;
      const answered = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(command) }),
      );
      const text = new TextDecoder().decode(answered.Payload);
      const { done } = JSON.parse(text) as { done?: unknown };
      if (answered.FunctionError || done === undefined)
        throw new Error(`the operator's function answered ${text}`);
      return done;
    },
    /** What every deployment needs once: Stripe's keys by mode. */
    putStripeKey: async (test: string): Promise<void> => {
      const secrets = new SecretsManagerClient(client);
      await secrets.send(
        new PutSecretValueCommand({
          SecretId: `${prefixOf(stage)}/stripe`,
          SecretString: JSON.stringify({ test }),
        }),
      );
    },
  };
};

/** Where the stack's API is, as the deployment says. */
export const urlOf = (outputs: Outputs, stack: string): string => {
  const url = Object.values(outputs[stack] ?? {}).find((value) => value.startsWith("https://"));
  if (!url) throw new Error(`stack ${stack} has no URL among its outputs: ${JSON.stringify(outputs)}`);
  return url;
};
