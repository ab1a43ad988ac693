import type { EventEnvelope } from "#events/define-event.ts";
import { endpointTested } from "#events/endpoint-tested.ts";
import type { ToldCustomer } from "#events/told-customer.ts";
import { toldEvent } from "#functions/outbox/told-event.ts";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { Kind } from "./endpoint.ts";
import { acpHeaders, type Signed, standardHeaders } from "./signature.ts";

/** What a protocol adds to webhooks: what is said, and how it is signed. */
export type WebhookKind = {
  /** `undefined`: there is nothing to say any more. */
  readonly body: RenderBody;
  readonly headers: (signed: Signed) => Record<string, string>;
  /** Whether a retry repeats the first body to the byte; if not, a later delivery says all that an earlier one would. */
  readonly constant: boolean;
};
/** `added`: what is no part of the event and is told with it. */
export type RenderBody = (event: EventEnvelope, added?: ToldCustomer) => Promise<string | undefined>;
export type WebhookKinds = Readonly<Record<Kind, WebhookKind>>;

export const webhookKinds = (on: { acpBody: RenderBody }): WebhookKinds => ({
  standard: { body: standardBody, headers: standardHeaders, constant: true },
  thin: { body: orTest(thinBody), headers: standardHeaders, constant: true },
  // Nothing to sign: whose call it is, IAM tells the bus.
  event_bus: { body: standardBody, headers: () => ({}), constant: true },
  acp: { body: orTest(on.acpBody), headers: acpHeaders, constant: false },
});

/** Canonical, because a table keeps no order of keys. */
const standardBody: RenderBody = async (event, added) => canonicalJson({ ...toldEvent(event), ...added });

/** A test is told whole, whatever else a kind says: it brings the challenge to be answered. */
const orTest =
  (body: RenderBody): RenderBody =>
  (event, added) =>
    (event.type === endpointTested.type ? standardBody : body)(event, added);

/** That something happened, when, and to what: all else is read by whoever may. */
const thinBody: RenderBody = async (event) => {
  const { id, type, storeId, subject, timestamp } = toldEvent(event);
  return canonicalJson({ id, type, storeId, subject, timestamp });
};
