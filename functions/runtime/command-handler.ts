import type { z } from "zod";
import { Refusal } from "#functions/values/refusal.ts";
import { loggedFault } from "./fault.ts";
import type { LambdaContext, LambdaHandler } from "./lambda.ts";
import { parseInput } from "./parse-input.ts";
import type { Platform } from "./platform.ts";

/** Invoked by a person who has leave to by IAM (`npm run ops`): answers `done` or `refused`. */
export const commandHandler =
  <Command extends { readonly command: string; readonly dryRun?: boolean }>(
    on: Pick<Platform, "log">,
    schema: z.ZodType<Command>,
    operation: (command: Command, context: LambdaContext) => Promise<object>,
  ): LambdaHandler =>
  async (event, context) => {
    try {
      const command = parseInput(schema, event);
      const done = await operation(command, context);
      on.log.info(command.dryRun ? "the operator tried something" : "the operator had something done", {
        code: command.command,
      });
      return { done };
    } catch (error) {
      if (error instanceof Refusal)
        return { refused: { code: error.code, text: error.message, param: error.param } };
      throw loggedFault(on.log, "the command failed", error, { requestId: context.awsRequestId });
    }
  };
