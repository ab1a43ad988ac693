import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { type OutboundPolicy, parseOutboundUrl, urlRule } from "#functions/runtime/outbound-url.ts";
import type { Command, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { isSignable, newBridgeSecret } from "./bridge.ts";
import { type ConnectionStore, savedConnection } from "./connection.store.ts";
import { type Connection, Unanswered, viewConnection } from "./connection.ts";
import { sealSecret } from "./connection-secret.ts";
import type { connectorRoutes } from "./routes.ts";

const Url = z.string().min(1).max(2_000);

export const PutConnector = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("bridge"),
    /** Of the shop's receiver; orders come to it with `action=submit_order`. */
    url: Url,
    unanswered: Unanswered.default("cancel"),
  }),
  z.strictObject({
    kind: z.literal("woocommerce"),
    /** Of the WordPress site: what comes before `/wp-json/`. */
    url: Url,
    /** With permission to read and write. */
    consumerKey: z.string().regex(/^ck_[0-9a-f]{40}$/, { error: "must be ck_ and 40 hex digits" }),
    consumerSecret: z.string().regex(/^cs_[0-9a-f]{40}$/, { error: "must be cs_ and 40 hex digits" }),
    unanswered: Unanswered.default("cancel"),
  }),
]);
export type PutConnector = z.infer<typeof PutConnector>;

type Route = typeof connectorRoutes.putConnector;
type Puts = {
  readonly table: Pick<Table, "commit">;
  readonly connections: ConnectionStore;
  readonly seal: Pick<StoreSeal, "sealForStore">;
  readonly policy: OutboundPolicy;
  readonly now: Clock;
  readonly random: RandomBytes;
};

/**
 * Connects the caller's store to its shop. A bridge gets a new secret, which this answer shows and none after it; an
 * answer that was lost is asked for again. Until the shop knows the secret it refuses us, and orders wait for it; one
 * that it knows is replaced without a pause by `roll-connector-secret.ts`.
 */
export const putConnector =
  (on: Puts): Operation<Route> =>
  async (command) => {
    const { caller, body } = command;
    refuseUnfit(body, on.policy);
    const before = await on.connections.get(caller.storeId);
    const secret =
      body.kind === "bridge" ? newBridgeSecret(on.random) : `${body.consumerKey}:${body.consumerSecret}`;
    // Each is later than the one before, which is what it is known by.
    const createdAt = Math.max(on.now(), (before?.createdAt ?? 0) + 1);
    const { kind, url, unanswered } = body;
    const after = await connected(on, caller, { kind, url, unanswered, createdAt }, secret);
    const lost = await tryCommit(on.table, [savedConnection(before, after), recordOf(command, after)]);
    if (lost.length > 0)
      throw new Refusal("conflict", "The connector was changed at the same time; read it and try again.");
    return {
      status: 200,
      body: { ...viewConnection(after, createdAt), ...(kind === "bridge" && { secret }) },
    };
  };

type Made = Pick<Connection, "kind" | "url" | "unanswered" | "createdAt">;

const connected = async (
  on: Puts,
  { storeId, principalId: ownerId }: Caller,
  made: Made,
  secret: string,
): Promise<Connection> => {
  const sealed = await sealSecret(on, { storeId, text: secret, createdAt: made.createdAt });
  return { ...made, storeId, ownerId, secrets: [sealed], rolls: 0 };
};

const refuseUnfit = ({ kind, url: text }: PutConnector, policy: OutboundPolicy): void => {
  const url = parseOutboundUrl(text, policy)?.url;
  const param = { param: "$.url" };
  if (!url) throw new Refusal("invalid", `$.url ${urlRule}.`, param);
  if (kind === "woocommerce" && url.search !== "")
    throw new Refusal("invalid", "$.url must be a site's, without parameters.", param);
  if (!isSignable(url) || url.searchParams.has("action"))
    throw new Refusal(
      "invalid",
      "url must have a path of letters, digits and . _ ~ % - /, each parameter once as name=value, and no action.",
      param,
    );
};

const recordOf = (command: Command<Route>, { kind, url, unanswered, createdAt }: Connection) =>
  actOfKey(command, {
    action: "connector.put",
    decidedBy: "connections:write",
    at: createdAt,
    about: { kind, host: new URL(url).hostname, unanswered },
  });
