import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { licenseKeyStore } from "./license-key.store.ts";
import { peppersFrom } from "./pepper.ts";
import { sweepKeys } from "./sweep-keys.ts";

export const wire = (on: Platform & { readSecret: ReadSecret }) =>
  sweepHandler(
    on,
    sweepKeys({
      ...on,
      keys: licenseKeyStore(on.table),
      readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
    }),
  );

export const handler = lambda(wire, { readSecret: secretsClient });
