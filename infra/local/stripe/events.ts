import type { Call, Change } from "./call.ts";
import { missingResource } from "./failure.ts";
import { nested, text } from "./form.ts";
import { pageOf } from "./list.ts";
import type { Intent, StripeEvent } from "./objects.ts";
import { renderCharge, renderIntent } from "./render.ts";
import type { State } from "./state.ts";

/** What `data.object` is rendered in; the SDK's own. */
const apiVersion = "2026-10-28.endive";

/** An event, as it is listed and as it is POSTed (docs.stripe.com/api/events/object). */
export type EventBody = {
  readonly id: string;
  readonly object: "event";
  /** Of a connected account only. */
  readonly account?: string;
  readonly api_version: string;
  readonly created: number;
  readonly data: {
    readonly object: unknown;
    readonly previous_attributes?: Readonly<Record<string, unknown>>;
  };
  readonly livemode: boolean;
  readonly pending_webhooks: number;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
  readonly type: string;
};

/** Makes an event of a change. `object` is what the change left, and stays that. */
export const emit = (
  { state, now, owner, livemode, request }: Change,
  type: string,
  object: unknown,
  previous?: StripeEvent["previous"],
): void =>
  state.put("event", {
    ...state.newId("evt"),
    owner,
    livemode,
    created: now,
    type,
    object,
    ...(previous && { previous }),
    ...(request && { request }),
    undelivered: true,
  });

/** Events of a PaymentIntent, and of its charge. */
export const announce = (change: Change, intent: Intent, ...types: readonly string[]): void => {
  for (const type of types)
    emit(
      change,
      type,
      type.startsWith("charge.") && intent.charge
        ? renderCharge(intent, intent.charge)
        : renderIntent(intent),
    );
};

export const renderEvent = (event: StripeEvent): EventBody => {
  const account = accountOf(event);
  return {
    id: event.id,
    object: "event",
    ...(account && { account }),
    api_version: apiVersion,
    created: event.created,
    data: { object: event.object, ...(event.previous && { previous_attributes: event.previous }) },
    livemode: event.livemode,
    pending_webhooks: event.undelivered ? 1 : 0,
    request: event.request
      ? { id: "req_local", idempotency_key: event.request.idempotencyKey ?? null }
      : { id: null, idempotency_key: null },
    type: event.type,
  };
};

/** Every endpoint has it, or will never get it. */
export const markDelivered = (state: State, id: string): void => {
  const event = state.get("event", id);
  if (event) state.put("event", { ...event, undelivered: false });
};

/** Hands over what no endpoint has had yet, oldest first: whoever takes it delivers it, or not. */
export const takeEvents = (state: State): EventBody[] =>
  state.undelivered().flatMap((id) => {
    const event = state.get("event", id);
    markDelivered(state, id);
    return event ? [renderEvent(event)] : [];
  });

/** The connected account whose event it is. */
export const accountOf = ({ owner }: Pick<StripeEvent, "owner">): string | undefined => {
  const account = owner.split(" ")[1];
  return account === "own" ? undefined : account;
};

/** Stripe shows events of 30 days. */
const shownSeconds = 30 * 24 * 60 * 60;

export const listEvents = (call: Call): unknown => {
  const { type, types } = { type: text(call.form, "type"), types: Object.values(nested(call.form, "types")) };
  const wanted = [...types, ...(type === undefined ? [] : [type])].map(String);
  return pageOf(call, {
    kind: "event",
    url: "/v1/events",
    filters: ["type", "types"],
    matches: (event) => isShown(call, event) && (wanted.length === 0 || isAmong(wanted, event.type)),
    show: renderEvent,
  });
};

export const showEvent = (call: Call, id: string): unknown => {
  const event = call.state.get("event", id);
  if (event?.owner !== call.owner || !isShown(call, event)) throw missingResource("event", id, "id", 404);
  return renderEvent(event);
};

const isShown = ({ now }: Call, { created }: StripeEvent): boolean => created > now - shownSeconds;

/** `charge.dispute.*` names a group. */
export const isAmong = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
