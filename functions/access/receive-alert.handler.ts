import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { type Dial, outbound } from "#functions/runtime/outbound.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { licenseKeyStore } from "./license-key.store.ts";
import { peppersFrom } from "./pepper.ts";
import { receiveAlert } from "./receive-alert.ts";
import { leakAlertRoutes } from "./routes.ts";
import { alertVerifier } from "./verify-alert.ts";

type Clients = { dial: Dial; readSecret: ReadSecret };

export const wire = (on: Platform & Clients) =>
  apiHandler(on, {
    routes: leakAlertRoutes,
    operations: {
      receiveAlert: receiveAlert({
        ...on,
        verify: alertVerifier(on),
        keys: licenseKeyStore(on.table),
        readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
      }),
    },
    protocol: problemDetails,
  });

export const handler = lambda<Clients>(wire, {
  dial: (on) => outbound(parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY"))),
  readSecret: secretsClient,
});
