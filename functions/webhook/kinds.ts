import type { EventEnvelope } from "#events/define-event.ts";
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
export type RenderBody = (event: EventEnvelope) => Promise<string | undefined>;
export type WebhookKinds = Readonly<Record<Kind, WebhookKind>>;

export const webhookKinds = (on: { acpBody: RenderBody }): WebhookKinds => ({
  standard: { body: standardBody, headers: standardHeaders, constant: true },
  acp: { body: on.acpBody, headers: acpHeaders, constant: false },
});

/** Canonical, because a table keeps no order of keys. */
const standardBody: RenderBody = async (event) => canonicalJson(toldEvent(event));
