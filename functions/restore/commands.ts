import { plainCommand } from "#functions/operator/command.ts";
import { RestoreRecords, RestoreRows, type Restores, restoreRecords, restoreRows } from "./restore-rows.ts";

/** The half of a restore that reads rows; what it takes beside it, and its dry run, is in `infra/restore/`. */
export const restoreCommands = {
  "restore-records": plainCommand(RestoreRecords, (on: Restores) => restoreRecords(on)),
  "restore-rows": plainCommand(RestoreRows, (on: Restores) => restoreRows(on)),
};
