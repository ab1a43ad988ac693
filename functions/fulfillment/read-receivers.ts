import { z } from "zod";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Operation } from "#functions/runtime/route.ts";
import type { Clock } from "#functions/values/clock.ts";
import { signReceiver } from "./bridge.ts";
import type { ConnectionStore } from "./connection.store.ts";
import { live, openSecret } from "./connection-secret.ts";
import { Receiver } from "./receiver.ts";
import published from "./receivers.json" with { type: "json" };
import type { connectorRoutes } from "./routes.ts";

export const ReceiverPackages = z.object({
  receivers: z.array(
    z.object({
      file: z.string(),
      version: Receiver,
      /** Of the file's bytes, in hex. */
      sha256: z.string(),
      /** By each live secret of the store's bridge; absent without one. */
      signature: z.string().optional(),
      /** The file itself. */
      text: z.string(),
    }),
  ),
});

type Reads = {
  readonly connections: ConnectionStore;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly now: Clock;
};

/** What a shop installs. A connected shop can tell by its secret that the file comes from here, wherever it lay meanwhile. */
export const listReceivers =
  (on: Reads): Operation<typeof connectorRoutes.listReceivers> =>
  async ({ caller }) => {
    const secrets = await secretsOf(on, await on.connections.get(caller.storeId));
    const receivers = published.map((each) => ({
      ...each,
      ...(secrets.length > 0 && { signature: signReceiver(secrets, each) }),
    }));
    return { status: 200, body: { receivers } };
  };

type Found = Awaited<ReturnType<ConnectionStore["get"]>>;
const secretsOf = async (on: Reads, connection: Found): Promise<string[]> =>
  connection?.kind === "bridge"
    ? Promise.all(
        live(connection.secrets, on.now()).map((secret) => openSecret(on, connection.storeId, secret)),
      )
    : [];
