import { createDeliveries, type Delivery } from "./deliveries.ts";
import type { DeliveryRuleInput } from "./delivery-rules.ts";
import type { State } from "./state.ts";
import { isFor, postEvent, WebhookEndpoint, type WebhookEndpointInput } from "./webhook-post.ts";

export type Webhooks = {
  /** Until endpoints are known, events wait for them. Also tries again what was given up. */
  setEndpoints(endpoints: readonly WebhookEndpointInput[]): void;
  meddle(rule: DeliveryRuleInput): void;
  /** Looks for events that nobody has. */
  notice(): void;
  /** Waits until nothing is being sent, and tells how often it sent so far; what waits for its next attempt does not count. */
  idle(): Promise<number>;
  stop(): void;
};

const atOnce = 4;

/** Sends every event at least once, in no order to rely on, until it is taken. Keeps no process alive. */
export const startWebhooks = (on: { readonly state: State; readonly now: () => number }): Webhooks => {
  const deliveries = createDeliveries(on.state);
  const stopped = new AbortController();
  const { signal } = stopped;
  let endpoints: readonly WebhookEndpoint[] = [];
  const sender = startSender(
    deliveries,
    (delivery) => deliver({ ...on, signal }, endpoints, delivery),
    signal,
  );
  const notice = (): void => {
    if (endpoints.length === 0) return;
    deliveries.collect();
    sender.pump();
  };
  return {
    setEndpoints: (given) => {
      endpoints = given.map((each) => WebhookEndpoint.parse(each));
      for (const delivery of deliveries.open) Object.assign(delivery, { at: Date.now(), attempts: 0 });
      notice();
    },
    meddle: deliveries.meddle,
    notice,
    idle: async () => {
      for (notice(); sender.sending.size > 0; ) await Promise.race(sender.sending);
      return sender.sent();
    },
    stop: () => stopped.abort(),
  };
};

type Sending = { readonly state: State; readonly now: () => number; readonly signal: AbortSignal };

/** Whether every endpoint has taken every copy. One that has it already gets it again with the others. */
const deliver = async (
  on: Sending,
  endpoints: readonly WebhookEndpoint[],
  { ids, copies }: Delivery,
): Promise<boolean> => {
  const answers: boolean[] = [];
  for (const event of ids.map((id) => on.state.get("event", id)))
    for (const endpoint of Array.from({ length: copies }, () => endpoints).flat())
      if (event && isFor(event, endpoint)) answers.push(await postEvent(event, endpoint, on));
  return answers.every((taken) => taken);
};

/** A few at once, each when it is due. */
const startSender = (
  { open, attempted }: ReturnType<typeof createDeliveries>,
  attempt: (delivery: Delivery) => Promise<boolean>,
  stopped: AbortSignal,
) => {
  const sending = new Set<Promise<void>>();
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  stopped.addEventListener("abort", () => clearTimeout(timer));
  const send = (delivery: Delivery): void => {
    delivery.sending = true;
    count += 1;
    const sent = attempt(delivery)
      .then((taken) => attempted(delivery, taken))
      .finally(() => {
        delivery.sending = false;
        sending.delete(sent);
        pump();
      });
    sending.add(sent);
  };
  const pump = (): void => {
    clearTimeout(timer);
    if (stopped.aborted) return;
    const waiting = [...open].filter((delivery) => !delivery.sending);
    const due = waiting.filter(({ at }) => at <= Date.now());
    for (const delivery of due.slice(0, atOnce - sending.size)) send(delivery);
    const next = Math.min(...waiting.filter(({ sending: under }) => !under).map(({ at }) => at));
    if (sending.size < atOnce && Number.isFinite(next))
      timer = setTimeout(pump, Math.max(0, next - Date.now())).unref();
  };
  return { sending, pump, sent: () => count };
};
