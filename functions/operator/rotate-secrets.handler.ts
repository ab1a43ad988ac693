import { pepperCommands } from "#functions/access/commands.ts";
import { liveAllowedOn } from "#functions/access/livemode.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { storeKeyCommands } from "#functions/customer/commands.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { stripeCommands } from "#functions/payment/commands.ts";
import { proveStripeKeyClient } from "#functions/payment/stripe.client.ts";
import type { ProveStripeKey } from "#functions/payment/stripe-secret.ts";
import { privacyCommands } from "#functions/privacy/commands.ts";
import { envelopeClient, keyWrapperClient, movesKeysClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope, MovesKeys } from "#functions/privacy/envelope.ts";
import type { KeyWrapper } from "#functions/privacy/store-keys.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { ClientOf, Platform } from "#functions/runtime/platform.ts";
import { type SecretVault, secretVaultClient } from "#functions/runtime/secrets.client.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { sentCommand } from "./command.ts";
import { operate } from "./operate.ts";

type Clients = {
  secrets: SecretVault;
  prove: ProveStripeKey;
  keyWrapper: KeyWrapper;
  /** Of the platform that they are to read: in a dry run it has keys that are nowhere else. */
  envelopeOf: ClientOf<Envelope>;
  movesKeysOf: ClientOf<MovesKeys>;
};

const commands = { ...pepperCommands, ...storeKeyCommands, ...privacyCommands, ...stripeCommands };

/** Replaces what everything rests on, and nothing else does: the operator's other commands can read no secret. */
export const wire = (on: Platform & Clients): LambdaHandler =>
  commandHandler(on, sentCommand(commands), operate(commands, on, collaborators));

const collaborators = (on: Platform & Clients) => {
  const pepper = on.environment.get("PEPPER_SECRET_ARN");
  return {
    ...on,
    stores: storeStore(on.table),
    orders: orderStore(on.table),
    checkouts: checkoutStore(on.table),
    envelope: on.envelopeOf(on),
    movesKeys: on.movesKeysOf(on),
    vault: {
      read: () => on.secrets.read(pepper),
      write: (text: string, token: string) => on.secrets.write(pepper, text, token),
    },
    stripeSecretArns: {
      keys: on.environment.get("STRIPE_SECRET_ARN"),
      signing: on.environment.get("STRIPE_EVENTS_SECRET_ARN"),
    },
    liveAllowed: liveAllowedOn(on.environment.get("STAGE")),
  };
};

export const handler = lambda<Clients>(wire, {
  secrets: secretVaultClient,
  prove: proveStripeKeyClient,
  keyWrapper: keyWrapperClient,
  envelopeOf: () => envelopeClient,
  movesKeysOf: () => movesKeysClient,
});
