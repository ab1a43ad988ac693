import type { PutOnBus } from "#functions/outbox/other-bus.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { type Attempted, type Delivery, times } from "./delivery.ts";
import { isBus } from "./endpoint.ts";
import type { Ready } from "./prepare-webhook.ts";

export type Sends = { readonly dial: Dial; readonly putOnBus: PutOnBus; readonly now: Clock };

/** One attempt, and what came of it: by HTTPS, or as an event on a bus. */
export const sendWebhook = async (
  on: Sends,
  delivery: Delivery,
  ready: Ready,
  at: Instant,
): Promise<Attempted> => {
  const attempted = await (isBus(ready.endpoint) ? overBus : overHttp)(on, delivery, ready, at);
  return { ...attempted, latencyMs: Math.max(0, on.now() - at) };
};

type Way = (on: Sends, delivery: Delivery, ready: Ready, at: Instant) => Promise<Attempted>;

const overHttp: Way = async (on, delivery, { endpoint, body, headersAt, shows }, at) => {
  const result = await on.dial({
    url: endpoint.url,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "agentic-checkout",
      ...(delivery.previousEventId && { "webhook-previous-id": delivery.previousEventId }),
      ...(delivery.outOfOrder ? { "webhook-out-of-order": "true" } : {}),
      ...headersAt(at),
    },
    body,
    timeoutMs: times.answer,
    maxResponseBytes: 4_096,
  });
  if (!result.answered) return { reason: result.reason };
  // Whoever was shown a person may say the person back: that is not kept.
  const kept = shows ? {} : { answer: result.body };
  return { status: result.status, retryAfter: result.headers["retry-after"], ...kept };
};

/** A bus has no headers: what one would say stands in the detail. */
const overBus: Way = async (on, delivery, { endpoint, body, event: { type, occurredAt } }) => {
  const { previousEventId, outOfOrder } = delivery;
  const beside = { ...(previousEventId && { previousEventId }), ...(outOfOrder && { outOfOrder }) };
  const detail = Object.keys(beside).length > 0 ? JSON.stringify({ ...JSON.parse(body), ...beside }) : body;
  const refused = await on.putOnBus(endpoint.url, { type, detail, occurredAt });
  if (refused === undefined) return { status: 200 };
  // Told as HTTP tells it, so that the endpoint's pace is slowed down.
  if (/throttl/i.test(refused)) return { status: 429, reason: "bus_throttled" };
  return { reason: /denied|notauthorized/i.test(refused) ? "bus_access_denied" : "bus_failed" };
};
