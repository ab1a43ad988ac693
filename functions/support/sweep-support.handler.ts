import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { sweepSupport } from "./sweep-support.ts";

export const wire = (on: Platform) =>
  sweepHandler(on, sweepSupport({ ...on, keys: licenseKeyStore(on.table) }));

export const handler = lambda(wire);
