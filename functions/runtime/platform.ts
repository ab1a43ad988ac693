import type { Clock } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import type { Environment } from "./environment.ts";
import type { Log } from "./logger.ts";
import type { Count } from "./metrics.ts";
import type { Table } from "./table.ts";

/**
 * What every function gets. What only some need (Stripe, the envelope, queues) is a client that the handler
 * names beside its wiring: `lambda(wire, { stripe: stripeClient })`, so a bundle holds what its function uses,
 * and the simulator passes fakes to the same `wire`.
 */
export type Platform = {
  readonly environment: Environment;
  readonly now: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly count: Count;
  readonly table: Table;
};

/** Makes a client for a function, once per instance. */
export type ClientOf<Client> = (on: Platform) => Client;
