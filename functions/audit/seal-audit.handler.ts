import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { sealStore } from "./seal.store.ts";
import type { Sign } from "./seal.ts";
import { sealAudit } from "./seal-audit.ts";
import { signClient } from "./signing.client.ts";

/** Called every minute. */
export const wire = (on: Platform & { sign: Sign }) =>
  sweepHandler(on, sealAudit({ ...on, seals: sealStore(on.table) }));

export const handler = lambda(wire, { sign: signClient });
