import { randomBytes } from "node:crypto";
import { processEnvironment } from "./environment.ts";
import { powertoolsLog } from "./logger.ts";
import { powertoolsCount } from "./metrics.ts";
import type { ClientOf, Platform } from "./platform.ts";
import { dynamoTable } from "./table.client.ts";
import { unexpired } from "./unexpired.ts";

/** A Lambda's entry: event and context in, result out. */
export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;
export type LambdaContext = { awsRequestId: string; getRemainingTimeInMillis(): number };

/**
 * The deployed form of a wiring. The platform is made at the first call and kept for the life of the instance.
 */
export const lambda = <Clients extends object = object>(
  wire: (on: Platform & Clients) => LambdaHandler,
  clients: { readonly [Name in keyof Clients]: ClientOf<Clients[Name]> } = {} as never,
): LambdaHandler => {
  let wired: LambdaHandler | undefined;
  return (event, context) => {
    wired ??= wire(withClients(platform(), clients));
    return wired(event, context);
  };
};

const platform = (): Platform => {
  const environment = processEnvironment();
  return {
    environment,
    now: Date.now,
    random: (count) => new Uint8Array(randomBytes(count)),
    log: powertoolsLog(),
    count: powertoolsCount(environment),
    table: unexpired(dynamoTable(environment), Date.now),
  };
};

const withClients = <Clients extends object>(
  on: Platform,
  clients: { readonly [Name in keyof Clients]: ClientOf<Clients[Name]> },
): Platform & Clients => {
  const made = Object.entries<ClientOf<unknown>>(clients).map(([name, make]) => [name, make(on)]);
  return { ...on, ...(Object.fromEntries(made) as Clients) };
};
