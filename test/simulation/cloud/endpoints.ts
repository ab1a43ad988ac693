import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import { newId, type PrincipalId, type StoreId } from "#functions/values/id.ts";
import { createdEndpoint } from "#functions/webhook/endpoint.store.ts";
import type { AskedCustomer, Endpoint } from "#functions/webhook/endpoint.ts";
import { makeSecret } from "#functions/webhook/endpoint-secret.ts";
import { firstSecret } from "#functions/webhook/signing-secret.ts";
import type { Random } from "../engine/random.ts";
import type { Sealing } from "./services.ts";

export type ShopEndpoint = Endpoint & { readonly secret: string };

type On = {
  readonly table: MemoryTable;
  readonly random: Random;
  readonly clock: () => number;
  readonly seal: Sealing["seal"];
};
type Given = { readonly agentId: PrincipalId; readonly customer?: AskedCustomer };

/** Who listens to a store's webhooks: the first hears of all, the second of one agent's orders. */
export const openEndpoints = async (
  on: On,
  storeId: StoreId,
  { agentId, customer }: Given,
): Promise<[ShopEndpoint, ...ShopEndpoint[]]> => [
  await endpoint(on, storeId, { kind: "standard", ...(customer && { customer }) }),
  await endpoint(on, storeId, { kind: "acp", principalId: agentId }),
  ...(await Promise.all(rareKinds(storeId).map((kind) => endpoint(on, storeId, { kind })))),
  ...(hasLatecomer(storeId) ? [await endpoint(on, storeId, latecomer(on))] : []),
];

/** In one store of eight each: a schedule costs by how many listen. */
const rareKinds = (storeId: StoreId): ("thin" | "event_bus")[] =>
  (["thin", "event_bus"] as const).filter((_, index) => storeId.charCodeAt(storeId.length - 2) % 8 === index);

/** In every fourth store somebody begins to listen when much was told already, and hears of that by a replay alone. */
const hasLatecomer = (storeId: StoreId): boolean => storeId.charCodeAt(storeId.length - 4) % 4 === 0;
const latecomer = ({ clock }: On): Pick<Endpoint, "kind"> & Partial<Endpoint> => {
  const since = clock() + 40_000;
  return { kind: "standard", createdAt: since, verifiedAt: since, listensSince: since };
};

const busOf = (id: string): string => `arn:aws:events:us-east-1:111122223333:event-bus/${id}`;

const endpoint = async (
  on: On,
  storeId: StoreId,
  more: Pick<Endpoint, "kind"> & Partial<Endpoint>,
): Promise<ShopEndpoint> => {
  const id = newId("we", on.random.bytes);
  const { secret, made } = await makeSecret({ seal: on.seal, random: on.random.bytes }, { storeId, id });
  const row: Endpoint = {
    id,
    storeId,
    livemode: false,
    url: more.kind === "event_bus" ? busOf(id) : `https://hooks.example/${id}`,
    events: ["*"],
    status: "enabled",
    verifiedAt: on.clock() - 3_600_000,
    secrets: more.kind === "event_bus" ? [] : firstSecret(made, on.clock() - 3_600_000),
    rolls: 0,
    tests: 0,
    changes: 0,
    listensSince: on.clock() - 3_600_000,
    createdAt: on.clock() - 3_600_000,
    ...more,
  };
  await on.table.commit([createdEndpoint(row)]);
  return { ...row, secret };
};
