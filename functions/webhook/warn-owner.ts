import { endpointFailed } from "#events/endpoint-failed.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { type Row, type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { type Clock, hours, type Instant } from "#functions/values/clock.ts";
import { endpointStore, toldEndpoint } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";
import { savedPace } from "./pace.store.ts";
import { Pace, times, warnsAt } from "./pace.ts";

export type WarnsOwners = { readonly table: Table; readonly now: Clock; readonly count: Count };

/** Once each time: the event and that it was told are one transaction. One that is off or gone fails nobody. */
export const warnOwner =
  (on: WarnsOwners) =>
  async (row: Row): Promise<void> => {
    const pace = Pace.parse(row);
    const now = on.now();
    if ((warnsAt(pace) ?? Number.POSITIVE_INFINITY) > now) return;
    const endpoint = await endpointStore(on.table).get(pace.storeId, pace.endpointId);
    const told = endpoint?.status === "enabled" ? warning(endpoint, pace, now) : [];
    const warned = savedPace(pace, { ...pace, warned: pace.warned + 1 }, now);
    const lost = await tryCommit(on.table, [warned, ...told]);
    if (lost.length === 0 && told.length > 0) on.count("EndpointFailing");
  };

const warning = (endpoint: Endpoint, { failingSince = 0, warned }: Pace, now: Instant): Write[] => [
  toldEndpoint(endpoint),
  recordEvent({
    definition: endpointFailed,
    storeId: endpoint.storeId,
    livemode: endpoint.livemode,
    subject: endpoint.id,
    version: endpoint.tests + 1,
    occurredAt: now,
    data: {
      endpointId: endpoint.id,
      failingSince,
      hours: (times.warnings[warned] ?? 0) / hours(1),
    },
  }),
];
