import type { Actor } from "#functions/audit/audit.ts";
import type { LambdaContext } from "#functions/runtime/lambda.ts";
import type { Commands } from "./command.ts";

/** Does what was sent, in the name of whoever IAM let send it. */
export const operate =
  <On>(commands: Commands<On>, on: On) =>
  async (
    { command: name, ...input }: { readonly command: string },
    { awsRequestId }: Pick<LambdaContext, "awsRequestId">,
  ): Promise<object> => {
    const actor: Actor = { role: "operator", requestId: awsRequestId };
    const command = commands[name];
    if (!command) throw new Error(`there is no command ${name}`);
    return command.operation(on)(input as never, actor);
  };
