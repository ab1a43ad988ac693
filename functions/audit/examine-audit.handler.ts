import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { sentCommand } from "#functions/operator/command.ts";
import { operate } from "#functions/operator/operate.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { auditCommands, Scheduled } from "./commands.ts";
import { sealStore } from "./seal.store.ts";
import type { ReadPublicKeys } from "./seal.ts";
import { publicKeysClient } from "./signing.client.ts";
import { verifyOnSchedule } from "./verify-audit.ts";

/** Called once a day, and by the operator: then `command` says so. It reads what it examines, and can sign nothing. */
export const wire =
  (on: Platform & { publicKeys: ReadPublicKeys }): LambdaHandler =>
  (event, context) => {
    const examines = { ...on, seals: sealStore(on.table), keys: licenseKeyStore(on.table) };
    if (typeof event === "object" && event !== null && "command" in event)
      return commandHandler(
        on,
        sentCommand(auditCommands),
        operate(auditCommands, on, () => examines),
      )(event, context);
    const remaining = () => context.getRemainingTimeInMillis();
    return taskHandler(on, Scheduled, verifyOnSchedule({ ...examines, remaining }))(event, context);
  };

export const handler = lambda(wire, { publicKeys: publicKeysClient });
