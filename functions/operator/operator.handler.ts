import { accessCommands } from "#functions/access/commands.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { liveAllowedOn } from "#functions/access/livemode.ts";
import { peppersFrom } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { domainCommands } from "#functions/domain/commands.ts";
import { domainStore } from "#functions/domain/domain.store.ts";
import { connectionStore } from "#functions/fulfillment/connection.store.ts";
import { paymentCommands } from "#functions/payment/commands.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { keyWrapperClient, storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { KeyWrapper } from "#functions/privacy/store-keys.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { ClientOf, Platform } from "#functions/runtime/platform.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { storeCommands } from "#functions/store/commands.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { webhookCommands } from "#functions/webhook/commands.ts";
import { endpointStore } from "#functions/webhook/endpoint.store.ts";
import { sentCommand } from "./command.ts";
import { operate } from "./operate.ts";

type Clients = {
  readSecret: ReadSecret;
  keyWrapper: Pick<KeyWrapper, "generate">;
  /** Of the platform that it is to read: in a dry run that has the key of a store that is nowhere else. */
  sealOf: ClientOf<StoreSeal>;
};

const commands = {
  ...storeCommands,
  ...domainCommands,
  ...accessCommands,
  ...paymentCommands,
  ...webhookCommands,
};

/** Invoked by whoever IAM lets, by nothing else: no API leads here. Answers `done` or `refused`. */
export const wire = (on: Platform & Clients): LambdaHandler =>
  commandHandler(on, sentCommand(commands), operate(commands, on, collaborators));

const collaborators = (on: Platform & Clients) => ({
  ...on,
  stores: storeStore(on.table),
  domains: domainStore(on.table),
  keys: licenseKeyStore(on.table),
  principals: principalStore(on.table),
  seal: on.sealOf(on),
  endpoints: endpointStore(on.table),
  connections: connectionStore(on.table),
  payments: paymentStore(on.table),
  readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
  urls: { agentApi: on.environment.get("AGENT_API_URL"), storeApi: on.environment.get("STORE_API_URL") },
  liveAllowed: liveAllowedOn(on.environment.get("STAGE")),
});

export const handler = lambda(wire, {
  readSecret: secretsClient,
  keyWrapper: keyWrapperClient,
  sealOf: () => storeSealClient,
});
