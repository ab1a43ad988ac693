import type { EventEnvelope } from "#events/define-event.ts";
import { endpointTested } from "#events/endpoint-tested.ts";
import { readEvent } from "#functions/outbox/outbox.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { Delivery } from "./delivery.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import { type Endpoint, isBus } from "./endpoint.ts";
import { openSecrets, type SignersAt } from "./endpoint-secret.ts";
import { isProven } from "./hearing.ts";
import type { WebhookKind, WebhookKinds } from "./kinds.ts";
import { unprovenAttempts } from "./ownership.ts";
import type { Look, TellCustomer } from "./tell-customer.ts";

export type Prepare = {
  readonly table: Pick<Table, "get">;
  readonly endpoints: Pick<EndpointStore, "get">;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly kinds: WebhookKinds;
  readonly tellCustomer: TellCustomer;
};

/** Everything that an attempt needs; or the reason why there will never be one. */
export type Prepared =
  | {
      readonly ready: true;
      readonly endpoint: Endpoint;
      readonly event: EventEnvelope;
      readonly body: string;
      /** Of what each attempt repeats to the byte: all but who bought, who may be erased or corrected meanwhile. */
      readonly bodyDigest: string | undefined;
      /** The body shows a person: to be put on record before it is sent. */
      readonly shows: Look | undefined;
      /** Every event is told by itself; else each body says all that was before it. */
      readonly repeats: boolean;
      /** To be answered: the endpoint is not proven, and this is its test. */
      readonly challenge: string | undefined;
      /** Signed anew for each attempt: receivers refuse old times. */
      readonly headersAt: (at: Instant) => Record<string, string>;
    }
  | Never;
export type Never = {
  readonly ready: false;
  readonly status: "canceled" | "parked";
  readonly reason: string;
};
export type Ready = Prepared & { readonly ready: true };

/** Whether the endpoint hears of it at all: one read, before anything is asked of its order and its pace. */
export const openEndpoint = async (on: Prepare, delivery: Delivery): Promise<Endpoint | Never> => {
  const endpoint = await on.endpoints.get(delivery.storeId, delivery.endpointId);
  const closed = whyClosed(endpoint, delivery);
  return !endpoint || closed ? never("canceled", closed ?? "endpoint_removed") : endpoint;
};

/** Reads before the attempt is counted, so a fault of ours costs the receiver no attempt. */
export const prepareWebhook = async (
  on: Prepare,
  { delivery, endpoint }: { delivery: Delivery; endpoint: Endpoint },
): Promise<Prepared> => {
  const recorded = await readEvent(on.table, delivery.eventAt);
  if (!recorded) return never("parked", "event_expired");
  const said = await say(on, endpoint, recorded.event);
  if (!said) return never("canceled", "nothing_to_say");
  const signersAt = await openSecrets(on, endpoint);
  return ready(on.kinds[endpoint.kind], { endpoint, signersAt, event: recorded.event, ...said });
};

type Said = Pick<Ready, "body" | "bodyDigest" | "shows">;

const say = async (on: Prepare, endpoint: Endpoint, event: EventEnvelope): Promise<Said | undefined> => {
  const { body, constant } = on.kinds[endpoint.kind];
  const repeated = await body(event);
  if (repeated === undefined) return undefined;
  const told = await on.tellCustomer(endpoint, event);
  return {
    body: (told && (await body(event, told.added))) ?? repeated,
    bodyDigest: constant ? sha256(repeated) : undefined,
    shows: told?.shows,
  };
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
  { signersAt, ...known }: Said & { endpoint: Endpoint; signersAt: SignersAt; event: EventEnvelope },
): Prepared => ({
  ...known,
  ready: true,
  repeats: kind.constant,
  challenge: challengeOf(known),
  headersAt: (at) => kind.headers({ signers: signersAt(at), id: known.event.id, at, body: known.body }),
});

/** What went on a bus is answered by its owner, by a call. */
const challengeOf = ({ endpoint, event }: Pick<Ready, "endpoint" | "event">): string | undefined =>
  isProven(endpoint) || isBus(endpoint) ? undefined : endpointTested.data.parse(event.data).challenge;

const never = (status: "canceled" | "parked", reason: string): Never => ({ ready: false, status, reason });
