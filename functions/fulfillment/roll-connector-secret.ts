import { z } from "zod";
import { times } from "#functions/access/key-life.ts";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, type Finished } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, hours, seconds } from "#functions/values/clock.ts";
import type { RandomBytes, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { newBridgeSecret } from "./bridge.ts";
import { type ConnectionStore, rolledConnection } from "./connection.store.ts";
import { type Connection, viewConnection } from "./connection.ts";
import { openSecret, rolled, sealSecret, secretLimit } from "./connection-secret.ts";
import type { connectorRoutes } from "./routes.ts";

export const RollConnectorSecret = z.strictObject({
  /** How long requests are signed with the former secrets, too. 0: they sign nothing from the answer on. */
  overlapSeconds: z
    .int()
    .min(0)
    .max(hours(24) / seconds(1))
    .default(86_400),
});

type Route = typeof connectorRoutes.rollConnectorSecret;
type Rolls = {
  readonly table: Table;
  readonly connections: ConnectionStore;
  readonly seal: StoreSeal;
  readonly now: Clock;
  readonly random: RandomBytes;
};

/** A bridge's new secret, beside the former ones until the overlap is over. The same request again gets the same, for an hour. */
export const rollConnectorSecret =
  (on: Rolls): Operation<Route> =>
  (command) =>
    answerOnce(
      on,
      command.request,
      (request) => roll(on, command, request),
      (seen) => rolledBefore(on, command, seen),
    );

const roll = async (
  on: Rolls,
  command: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { storeId } = command.caller;
  const connection = await ownBridge(on, storeId);
  const now = on.now();
  const text = newBridgeSecret(on.random);
  // Each is later than the one before, which is what it is known by.
  const createdAt = Math.max(now, (connection.secrets[0]?.createdAt ?? 0) + 1);
  const made = await sealSecret(on, { storeId, text, createdAt });
  const overlap = seconds(command.body.overlapSeconds);
  const secrets = rolled(connection.secrets, made, { now, overlap });
  if (secrets.length > secretLimit)
    throw new Refusal(
      "limit_exceeded",
      `At most ${secretLimit} secrets sign at once. Wait until one has expired, or roll without an overlap.`,
    );
  const lost = await tryCommit(on.table, [
    rolledConnection(connection, secrets),
    actOfKey(command, {
      action: "connector_secret.rolled",
      decidedBy: "connections:write",
      at: now,
      about: { kind: connection.kind, overlapSeconds: String(command.body.overlapSeconds) },
    }),
    storeAnswer(request, { now, status: 200, answer: createdAt }),
  ]);
  if (lost.length > 0) return undefined;
  return { status: 200, body: { ...viewConnection({ ...connection, secrets }, now), secret: text } };
};

const rolledBefore = async (on: Rolls, { caller }: Command<Route>, { answer }: Finished): Promise<Answer> => {
  const { storeId } = caller;
  const connection = await ownBridge(on, storeId);
  const made = connection.secrets.find(({ createdAt }) => createdAt === answer);
  if (!made) throw new Refusal("conflict", "The secret that this request made was replaced since.");
  const isShown = made.createdAt + times.shown > on.now();
  return {
    status: 200,
    body: {
      ...viewConnection(connection, on.now()),
      ...(isShown && { secret: await openSecret(on, storeId, made) }),
    },
  };
};

const ownBridge = async (on: Rolls, storeId: StoreId): Promise<Connection> => {
  const connection = await on.connections.get(storeId);
  if (connection?.kind === "bridge") return connection;
  throw new Refusal(
    "conflict",
    "Only a bridge has a secret that is rolled here. Connect the shop to one first.",
  );
};
