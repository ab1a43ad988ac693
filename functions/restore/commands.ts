import { command } from "#functions/operator/command.ts";
import { RestoreRecords, RestoreRows, type Restores, restoreRecords, restoreRows } from "./restore-rows.ts";

/** The half of a restore that reads rows; what it takes beside it is in `infra/restore/`. */
export const restoreCommands = {
  "restore-records": command(RestoreRecords, (on: Restores) => restoreRecords(on)),
  "restore-rows": command(RestoreRows, (on: Restores) => restoreRows(on)),
};
