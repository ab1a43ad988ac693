import type { EventEnvelope } from "#events/define-event.ts";
import { readEvent } from "#functions/outbox/outbox.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { Delivery } from "./delivery.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";
import { openSecrets, type SignersAt } from "./endpoint-secret.ts";
import type { WebhookKind, WebhookKinds } from "./kinds.ts";

export type Prepare = {
  readonly table: Pick<Table, "get">;
  readonly endpoints: Pick<EndpointStore, "get">;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly kinds: WebhookKinds;
};

/** Everything that an attempt needs; or the reason why there will never be one. */
export type Prepared =
  | {
      readonly ready: true;
      readonly endpoint: Endpoint;
      readonly body: string;
      readonly bodyDigest: string | undefined;
      /** Every event is told by itself; else each body says all that was before it. */
      readonly repeats: boolean;
      /** Signed anew for each attempt: receivers refuse old times. */
      readonly headersAt: (at: Instant) => Record<string, string>;
    }
  | { readonly ready: false; readonly status: "canceled" | "parked"; readonly reason: string };

/** Reads before the attempt is counted, so a fault of ours costs the receiver no attempt. */
export const prepareWebhook =
  (on: Prepare) =>
  async (delivery: Delivery): Promise<Prepared> => {
    const endpoint = await on.endpoints.get(delivery.storeId, delivery.endpointId);
    if (!endpoint) return never("canceled", "endpoint_removed");
    if (endpoint.status === "disabled") return never("canceled", "endpoint_disabled");
    const recorded = await readEvent(on.table, delivery.eventAt);
    if (!recorded) return never("parked", "event_expired");
    const kind = on.kinds[endpoint.kind];
    const body = await kind.body(recorded.event);
    if (body === undefined) return never("canceled", "nothing_to_say");
    const signersAt = await openSecrets(on, endpoint);
    return ready(kind, { endpoint, signersAt, body, event: recorded.event });
  };

const ready = (
  kind: WebhookKind,
  {
    endpoint,
    signersAt,
    body,
    event,
  }: { endpoint: Endpoint; signersAt: SignersAt; body: string; event: EventEnvelope },
): Prepared => ({
  ready: true,
  endpoint,
  body,
  repeats: kind.constant,
  bodyDigest: kind.constant ? sha256(body) : undefined,
  headersAt: (at) => kind.headers({ signers: signersAt(at), id: event.id, at, body }),
});

const never = (status: "canceled" | "parked", reason: string): Prepared => ({ ready: false, status, reason });
