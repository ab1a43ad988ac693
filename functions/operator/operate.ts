import type { Actor } from "#functions/audit/audit.ts";
import type { LambdaContext } from "#functions/runtime/lambda.ts";
import type { Commands } from "./command.ts";
import { type Doors, rehearse } from "./rehearse.ts";

type Sent = { readonly command: string; readonly dryRun?: boolean };

/**
 * Does what was sent, in the name of whoever IAM let send it, by what the handler makes of its platform. For a dry run it
 * makes the same of one by which nothing can be changed; that is no act, so it leaves no record.
 */
export const operate = <On extends Doors, Made>(
  commands: Commands<Made>,
  on: On,
  madeOf: (on: On) => Made,
) => {
  const made = madeOf(on);
  return async (
    { command: name, dryRun = false, ...input }: Sent,
    context: LambdaContext,
  ): Promise<object> => {
    const command = commands[name];
    if (!command) throw new Error(`there is no command ${name}`);
    const { operation, tells } = command;
    const actor: Actor = { role: "operator", requestId: context.awsRequestId };
    if (!dryRun) return operation(made)(input as never, actor);
    if (!tells) throw new Error(`${name} has no dry run`);
    const { answer, came } = await rehearse(
      on,
      () => context.getRemainingTimeInMillis(),
      ({ on: stage, nth, from }) =>
        operation(madeOf(stage))({ ...input, ...from } as never, {
          ...actor,
          requestId: `${actor.requestId}#${nth}`,
        }),
    );
    return { dryRun, ...tells(answer as never), ...came };
  };
};
