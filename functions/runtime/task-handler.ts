import type { z } from "zod";
import { loggedFault } from "./fault.ts";
import type { LambdaHandler } from "./lambda.ts";
import type { Platform } from "./platform.ts";

/** A workflow step: its input is parsed, its outcome is the state's output, a fault is thrown for the retry. */
export const taskHandler =
  <Input, Output>(
    on: Pick<Platform, "log">,
    schema: z.ZodType<Input>,
    operation: (input: Input) => Promise<Output>,
  ): LambdaHandler =>
  async (event, context) => {
    try {
      return await operation(schema.parse(event));
    } catch (error) {
      throw loggedFault(on.log, "the step failed", error, { requestId: context.awsRequestId });
    }
  };
