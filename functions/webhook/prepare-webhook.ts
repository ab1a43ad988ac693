import type { EventEnvelope } from "#events/define-event.ts";
import { endpointTested } from "#events/endpoint-tested.ts";
import { readEvent } from "#functions/outbox/outbox.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { Delivery } from "./delivery.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import { type Endpoint, isProven } from "./endpoint.ts";
import { openSecrets, type SignersAt } from "./endpoint-secret.ts";
import type { WebhookKind, WebhookKinds } from "./kinds.ts";
import { unprovenAttempts } from "./ownership.ts";

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
      /** To be answered: the endpoint is not proven, and this is its test. */
      readonly challenge: string | undefined;
      /** Signed anew for each attempt: receivers refuse old times. */
      readonly headersAt: (at: Instant) => Record<string, string>;
    }
  | { readonly ready: false; readonly status: "canceled" | "parked"; readonly reason: string };

/** Reads before the attempt is counted, so a fault of ours costs the receiver no attempt. */
export const prepareWebhook =
  (on: Prepare) =>
  async (delivery: Delivery): Promise<Prepared> => {
    const endpoint = await on.endpoints.get(delivery.storeId, delivery.endpointId);
    const closed = whyClosed(endpoint, delivery);
    if (!endpoint || closed) return never("canceled", closed ?? "endpoint_removed");
    const recorded = await readEvent(on.table, delivery.eventAt);
    if (!recorded) return never("parked", "event_expired");
    const kind = on.kinds[endpoint.kind];
    const body = await kind.body(recorded.event);
    if (body === undefined) return never("canceled", "nothing_to_say");
    const signersAt = await openSecrets(on, endpoint);
    return ready(kind, { endpoint, signersAt, body, event: recorded.event });
  };

/** Before an endpoint is proven it gets its test alone, and that not again and again: the host may not know of us. */
const whyClosed = (endpoint: Endpoint | undefined, { type, attempts }: Delivery): string | undefined => {
  if (!endpoint) return "endpoint_removed";
  if (endpoint.status === "disabled") return "endpoint_disabled";
  const isHeard = isProven(endpoint) || (type === endpointTested.type && attempts < unprovenAttempts);
  return isHeard ? undefined : "endpoint_unverified";
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
  challenge: isProven(endpoint) ? undefined : endpointTested.data.parse(event.data).challenge,
  headersAt: (at) => kind.headers({ signers: signersAt(at), id: event.id, at, body }),
});

const never = (status: "canceled" | "parked", reason: string): Prepared => ({ ready: false, status, reason });
