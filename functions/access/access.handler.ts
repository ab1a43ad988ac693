import { recordRequest } from "#functions/audit/record-request.ts";
import { storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { acceptStatement, showStatement } from "./accept-statement.ts";
import { grantLicenseKey } from "./grant-license-key.ts";
import { licenseKeyStore } from "./license-key.store.ts";
import { peppersFrom } from "./pepper.ts";
import { principalStore } from "./principal.store.ts";
import { getLicenseKey, listLicenseKeys } from "./read-license-keys.ts";
import { restrictLicenseKey } from "./restrict-license-key.ts";
import { reviewAccess, showAccess } from "./review-access.ts";
import { revokeStoresKey } from "./revoke-license-key.ts";
import { revokeStoresPrincipal } from "./revoke-principal.ts";
import { cancelRoll, rollLicenseKey } from "./roll-license-key.ts";
import { accessRoutes } from "./routes.ts";

type Clients = { readSecret: ReadSecret; seal: StoreSeal };

/** A store's keys, for whoever may manage them there. */
export const wire = (on: Platform & Clients) => {
  const collaborators = {
    ...on,
    keys: licenseKeyStore(on.table),
    principals: principalStore(on.table),
    readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
  };
  return apiHandler(on, {
    routes: accessRoutes,
    operations: {
      listLicenseKeys: listLicenseKeys(collaborators),
      issueLicenseKey: grantLicenseKey(collaborators),
      getLicenseKey: getLicenseKey(collaborators),
      restrictLicenseKey: restrictLicenseKey(collaborators),
      rollLicenseKey: rollLicenseKey(collaborators),
      cancelRoll: cancelRoll(collaborators),
      revokeLicenseKey: revokeStoresKey(collaborators),
      revokePrincipal: revokeStoresPrincipal(collaborators),
      showDataProtectionStatement: showStatement(),
      acceptDataProtectionStatement: acceptStatement(collaborators),
      showAccess: showAccess(collaborators),
      reviewAccess: reviewAccess(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda<Clients>(wire, { readSecret: secretsClient, seal: storeSealClient });
