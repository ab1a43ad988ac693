import { actOfKey } from "#functions/audit/audit.store.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type ConnectionStore, removedConnection } from "./connection.store.ts";
import { type Connection, type ShopSettings, viewConnection } from "./connection.ts";
import type { connectorRoutes } from "./routes.ts";

type Reads = { readonly connections: ConnectionStore; readonly now: Clock };

/** With the shop's settings, where it has any: so its owner sees that we get in. */
export const getConnector =
  (
    on: Reads & { readonly settingsOf: (connection: Connection) => Promise<ShopSettings | undefined> },
  ): Operation<typeof connectorRoutes.getConnector> =>
  async ({ caller }) => {
    const connection = await on.connections.get(caller.storeId);
    const settings = connection && (await on.settingsOf(connection));
    return { status: 200, body: viewConnection(connection && { ...connection, settings }, on.now()) };
  };

/** Its secret goes with the row; a submission that has begun ends within ten seconds. Orders that wait are native then. */
export const removeConnector =
  (
    on: Reads & { readonly table: Pick<Table, "commit"> },
  ): Operation<typeof connectorRoutes.removeConnector> =>
  async (command) => {
    const before = await on.connections.get(command.caller.storeId);
    if (!before) return { status: 200, body: { kind: "native" } };
    const lost = await tryCommit(on.table, [
      removedConnection(before),
      actOfKey(command, {
        action: "connector.removed",
        decidedBy: "connections:write",
        at: on.now(),
        about: { kind: before.kind, host: new URL(before.url).hostname },
      }),
    ]);
    if (lost.length > 0)
      throw new Refusal("conflict", "The connector was changed at the same time; read it and try again.");
    return { status: 200, body: { kind: "native" } };
  };
