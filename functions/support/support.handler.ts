import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { peppersFrom } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { recordRequest } from "#functions/audit/record-request.ts";
import { storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { endSupport } from "./end-support.ts";
import { grantSupport } from "./grant-support.ts";
import { listSupport } from "./list-support.ts";
import { supportRoutes } from "./routes.ts";

type Clients = { readSecret: ReadSecret; seal: StoreSeal };

export const wire = (on: Platform & Clients) => {
  const collaborators = {
    ...on,
    keys: licenseKeyStore(on.table),
    principals: principalStore(on.table),
    readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
  };
  return apiHandler(on, {
    routes: supportRoutes,
    operations: {
      grantSupport: grantSupport(collaborators),
      listSupport: listSupport(collaborators),
      endSupport: endSupport(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda<Clients>(wire, { readSecret: secretsClient, seal: storeSealClient });
