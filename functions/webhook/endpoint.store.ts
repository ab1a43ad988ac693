import { all, equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { goneAfterClosing } from "#functions/store/retention.ts";
import type { Instant } from "#functions/values/clock.ts";
import { EndpointId, type StoreId } from "#functions/values/id.ts";
import { Endpoint } from "./endpoint.ts";
import type { SigningSecret } from "./signing-secret.ts";

export type EndpointStore = {
  /** `id` may be any text: what is no endpoint's id is not there. */
  get(storeId: StoreId, id: string): Promise<Endpoint | undefined>;
  list(storeId: StoreId): Promise<Endpoint[]>;
};

export const endpointStore = (table: Pick<Table, "get" | "query">): EndpointStore => ({
  get: async (storeId, id) => {
    const row = EndpointId.safeParse(id).success && (await table.get("webhooks", endpointKey(storeId, id)));
    return row ? Endpoint.parse(row) : undefined;
  },
  list: async (storeId) => {
    const { rows } = await table.query("webhooks", { pk: storeId, from: "endpoint#", to: "endpoint#~" });
    // One that cannot be read, of a newer release say, must not keep the others from hearing.
    return rows.flatMap((row) => Endpoint.safeParse(row).data ?? []);
  },
});

const endpointKey = (storeId: StoreId, id: string): Key => ({ pk: storeId, sk: `endpoint#${id}` });

const at = ({ storeId, id }: Endpoint) => ({ table: "webhooks", key: endpointKey(storeId, id) }) as const;

export const createdEndpoint = (endpoint: Endpoint): Write => ({
  ...at(endpoint),
  change: { put: { ...endpoint } },
  condition: missing(),
});

export const removedEndpoint = (endpoint: Endpoint): Write => ({
  ...at(endpoint),
  change: { remove: true },
  condition: equals("id", endpoint.id),
});

/** Its receiver said that it is gone for good; refused when the endpoint was removed or disabled meanwhile. */
export const disabledEndpoint = (endpoint: Endpoint): Write => ({
  ...at(endpoint),
  change: { set: { status: "disabled", disabledReason: "gone" } },
  condition: equals("status", "enabled"),
});

/** The first proof counts; refused when the endpoint was removed meanwhile. */
export const provenEndpoint = (endpoint: Endpoint, now: Instant): Write => ({
  ...at(endpoint),
  change: { set: { verifiedAt: now, listensSince: now } },
  condition: all(equals("id", endpoint.id), missing("verifiedAt")),
});

/** Only what its owner named: its receiver may have said meanwhile that it is gone. */
export const changedEndpoint = (before: Endpoint, set: Partial<Endpoint>): Write => ({
  ...at(before),
  change: { set: { ...set, changes: before.changes + 1 } },
  condition: equals("changes", before.changes),
});

/** Its store is closed: it hears what is still to be told, and goes with its secrets. The first time counts. */
export const expiringEndpoint = (endpoint: Endpoint, now: Instant): Write => ({
  ...at(endpoint),
  change: { set: goneAfterClosing(now) },
  condition: all(equals("id", endpoint.id), missing("expiresAtSeconds")),
});

/** Refused where somebody has rolled or removed it meanwhile. */
export const rolledEndpoint = (before: Endpoint, secrets: readonly SigningSecret[]): Write => ({
  ...at(before),
  change: { set: { secrets, rolls: before.rolls + 1 } },
  condition: equals("rolls", before.rolls),
});

/** An event about it, under its next number. */
export const toldEndpoint = (endpoint: Endpoint): Write => ({
  ...at(endpoint),
  change: { add: { tests: 1 } },
  condition: equals("tests", endpoint.tests),
});
