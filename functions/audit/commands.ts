import { z } from "zod";
import { plainCommand } from "#functions/operator/command.ts";
import { ExportAudit, type ExportsAudit, exportAudit } from "./export-audit.ts";
import { ListAffected, type ListsAffected, listAffected } from "./list-affected.ts";
import { type ExaminesAudit, VerifyAudit, verifyAudit } from "./verify-audit.ts";

/** What the operator may look at in the audit; none of it changes anything. */
export const auditCommands = {
  "verify-audit": plainCommand(VerifyAudit, (on: ExaminesAudit) => verifyAudit(on)),
  "export-audit": plainCommand(ExportAudit, (on: ExportsAudit) => exportAudit(on)),
  affected: plainCommand(ListAffected, (on: ListsAffected) => listAffected(on)),
};

/** What the schedule sends. */
export const Scheduled = z.looseObject({});
