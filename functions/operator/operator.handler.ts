import { issueLicenseKey } from "#functions/access/issue-license-key.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { liveAllowedOn } from "#functions/access/livemode.ts";
import { peppersFrom } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { revokeLicenseKey } from "#functions/access/revoke-license-key.ts";
import { acceptTokens } from "#functions/payment/accept-tokens.ts";
import { killTokens } from "#functions/payment/kill-tokens.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { newStoreKeyClient } from "#functions/privacy/envelope.client.ts";
import type { NewStoreKey } from "#functions/privacy/envelope.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { createStore } from "#functions/store/create-store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { verifyDomain } from "#functions/store/verify-domain.ts";
import { seconds } from "#functions/values/clock.ts";
import { OperatorCommand } from "./command.ts";
import { operatorSeconds } from "./limits.ts";
import { type Operates, operate } from "./operate.ts";

type Clients = { readSecret: ReadSecret; newStoreKey: NewStoreKey };

/** Invoked by whoever IAM lets, by nothing else: no API leads here. Answers `done` or `refused`. */
export const wire = (on: Platform & Clients): LambdaHandler =>
  commandHandler(on, OperatorCommand, operate(collaborators(on)));

const collaborators = (on: Platform & Clients): Operates => {
  const given = {
    ...on,
    stores: storeStore(on.table),
    keys: licenseKeyStore(on.table),
    principals: principalStore(on.table),
    payments: paymentStore(on.table),
    readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
  };
  return {
    ...given,
    createStore: createStore(given),
    issueLicenseKey: issueLicenseKey(given),
    revokeLicenseKey: revokeLicenseKey(given),
    verifyDomain: verifyDomain(given),
    killTokens: killTokens({ ...given, callTakes: seconds(operatorSeconds) }),
    acceptTokens: acceptTokens(given),
    urls: { agentApi: on.environment.get("AGENT_API_URL"), storeApi: on.environment.get("STORE_API_URL") },
    liveAllowed: liveAllowedOn(on.environment.get("STAGE")),
  };
};

export const handler = lambda(wire, { readSecret: secretsClient, newStoreKey: newStoreKeyClient });
