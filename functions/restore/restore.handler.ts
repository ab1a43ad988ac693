import { sentCommand } from "#functions/operator/command.ts";
import { operate } from "#functions/operator/operate.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import type { CopyOf } from "#functions/runtime/table.ts";
import { tableCopyClient } from "#functions/runtime/table-copy.client.ts";
import { restoreCommands } from "./commands.ts";

/** Invoked by whoever restores, by nothing else; it can only add what is missing. */
export const wire = (on: Platform & { copyOf: CopyOf }): LambdaHandler =>
  commandHandler(
    on,
    sentCommand(restoreCommands),
    operate(restoreCommands, on, () => on),
  );

export const handler = lambda(wire, { copyOf: tableCopyClient });
