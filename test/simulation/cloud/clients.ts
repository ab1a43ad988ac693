import type { ReadPublicKeys, Sign } from "#functions/audit/seal.ts";
import type { PutOnBus } from "#functions/outbox/other-bus.ts";
import type { PutEvents } from "#functions/outbox/publish-events.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import type { VerifyStripeEvent } from "#functions/payment/stripe-event.ts";
import type { ProveStripeKey } from "#functions/payment/stripe-secret.ts";
import type { Envelope, MovesKeys, StoreSeal } from "#functions/privacy/envelope.ts";
import { type KeyWrapper, storeKeys } from "#functions/privacy/store-keys.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import type { ReadTxt } from "#functions/runtime/outbound-dns.ts";
import type { ClientOf, Platform } from "#functions/runtime/platform.ts";
import type { Enqueue } from "#functions/runtime/queue.client.ts";
import { cached, type ReadSecret, type SecretVault } from "#functions/runtime/secrets.client.ts";
import type { CopyOf } from "#functions/runtime/table.ts";
import { unexpired } from "#functions/runtime/unexpired.ts";
import type { StartWorkflow } from "#functions/runtime/workflow.client.ts";
import { fakeSigning } from "../../fakes/signing.ts";
import { type Process, reach, type World } from "../engine/process.ts";
import { environment } from "./deployment.ts";
import {
  dialThrough,
  enqueueThrough,
  putOnBusThrough,
  putThrough,
  readTxtThrough,
  workflowsThrough,
} from "./messages.ts";
import type { Services } from "./services.ts";
import { stripeThrough } from "./stripe.ts";
import { verifying } from "./stripe-events.ts";
import { tableThrough } from "./table.ts";

/** Everything that any handler is wired with. */
export type Clients = Platform & {
  stripe: Stripe;
  envelope: Envelope;
  seal: StoreSeal;
  keyWrapper: KeyWrapper;
  readSecret: ReadSecret;
  secrets: SecretVault;
  verify: VerifyStripeEvent;
  dial: Dial;
  readTxt: ReadTxt;
  enqueue: Enqueue;
  put: PutEvents;
  putOnBus: PutOnBus;
  workflows: StartWorkflow;
  sign: Sign;
  publicKeys: ReadPublicKeys;
  prove: ProveStripeKey;
  envelopeOf: ClientOf<Envelope>;
  sealOf: ClientOf<StoreSeal>;
  movesKeysOf: ClientOf<MovesKeys>;
  copyOf: CopyOf;
};

/** What one process sees of the world: its own clock, and every way out through its fate. */
export const clientsOf = (world: World, services: Services, process: Process): Clients => {
  const now = () => world.scheduler.now() + (world.fates.isCalm ? 0 : process.skew);
  const table = unexpired(tableThrough(world, services, process), now);
  const storeKeyOf = storeKeys({ table, now, wrapper: { unwrap: unwrapping(world, process) } });
  const sealing = services.sealing({ table, random: world.random.bytes, storeKeyOf });
  return {
    environment: environmentOf({ ...environment, LIMIT_FACTOR: String(services.limitFactor) }),
    now,
    random: world.random.bytes,
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (message, error) => {
        world.trace(`  ${process.name} logs: ${message}: ${error instanceof Error ? error.message : error}`);
      },
    },
    count: (name) => services.counted(name),
    table,
    ...sealing,
    stripe: stripeThrough(world, services, process),
    verify: verifying(now),
    readSecret: cached(now, reading(world, services, process)),
    // Nobody rotates by the operator's function here: the owner puts the new pepper in place.
    secrets: { read: reading(world, services, process), write: async () => false },
    dial: dialThrough(world, services, process),
    readTxt: readTxtThrough(world, services, process),
    enqueue: enqueueThrough(world, services, process),
    put: putThrough(world, services, process),
    putOnBus: putOnBusThrough(world, services, process),
    workflows: workflowsThrough(world, services, process),
    sign: signing(world, process),
    publicKeys: () => Promise.reject(new Error("nobody verifies by a command here")),
    prove: async () => false,
    envelopeOf: () => sealing.envelope,
    sealOf: () => sealing.seal,
    movesKeysOf: () => async () => [],
    copyOf: () => {
      throw new Error("nobody restores here");
    },
  };
};

/** KMS: a wrapped store key is the store's name here, its opened form follows from it. */
const unwrapping = (world: World, process: Process) => async (storeId: string) =>
  reach<Uint8Array>(world, process, {
    port: "kms",
    about: `unwraps the key of ${storeId}`,
    perform: () => storeKeyFor(storeId),
    unanswered: () => {
      throw new Error("KMS did not answer");
    },
    special: {
      busy: () => {
        throw new Error("KMS is busy");
      },
    },
  });

const signing =
  (world: World, process: Process): Sign =>
  (bytes) =>
    reach<Uint8Array>(world, process, {
      port: "kms",
      about: "signs a seal",
      perform: () => fakeSigning().sign(bytes),
      unanswered: () => {
        throw new Error("KMS did not answer");
      },
      special: {
        busy: () => {
          throw new Error("KMS is busy");
        },
      },
    });

export const storeKeyFor = (storeId: string): Uint8Array =>
  Uint8Array.from(Buffer.from(storeId.padEnd(32, "0").slice(-32)));

const reading =
  (world: World, services: Services, process: Process): ReadSecret =>
  (arn) =>
    reach(world, process, {
      port: "secrets",
      about: arn,
      perform: () => services.secret(arn),
      unanswered: () => {
        throw new Error("no secret came");
      },
    });
