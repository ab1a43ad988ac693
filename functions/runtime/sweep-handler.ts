import { loggedFault } from "./fault.ts";
import type { LambdaHandler } from "./lambda.ts";
import type { Platform } from "./platform.ts";

/** Called by a schedule. The sweep answers how many overdue rows it looked at. */
export const sweepHandler =
  (on: Pick<Platform, "log">, sweep: () => Promise<number>): LambdaHandler =>
  async (_event, context) => {
    const requestId = context.awsRequestId;
    try {
      const count = await sweep();
      if (count > 0) on.log.info("swept", { count, requestId });
      return { count };
    } catch (error) {
      throw loggedFault(on.log, "the sweep failed", error, { requestId });
    }
  };
