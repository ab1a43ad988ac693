import { z } from "zod";
import type { Log } from "#functions/runtime/logger.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, type Instant, seconds } from "#functions/values/clock.ts";
import { EndpointId, type RandomBytes } from "#functions/values/id.ts";
import { readDelivery, savedDelivery } from "./delivery.store.ts";
import { type Attempted, afterAttempt, type Delivery, isFinal, moved, startedAt, times } from "./delivery.ts";
import { disabledEndpoint } from "./endpoint.store.ts";
import { type Prepare, type Prepared, prepareWebhook } from "./prepare-webhook.ts";
import type { WakeSender } from "./wake-sender.ts";

/** A wake-up. Which delivery, and nothing else: what to do stands in its row. */
export const DeliverWebhook = z.object({ endpointId: EndpointId, eventId: z.string() });
export type DeliverWebhook = z.infer<typeof DeliverWebhook>;

export type Deliver = Prepare & {
  readonly table: Table;
  readonly dial: Dial;
  readonly wake: WakeSender;
  readonly now: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
};

/**
 * Makes one attempt if the delivery is due and nobody else is at it. The receiver may get it again after a crash,
 * never not: the row stays due until an attempt's outcome is written.
 */
export const deliverWebhook =
  (on: Deliver) =>
  async (id: DeliverWebhook): Promise<void> => {
    const delivery = await readDelivery(on.table, id);
    const now = on.now();
    if (!delivery || !isDue(delivery, now)) return;
    const order = await orderOf(on.table, delivery);
    const age = now - startedAt(delivery);
    if (order === "too_early" && age < times.hold) {
      return on.wake([delivery], holdSeconds(age));
    }
    const prepared = await prepareWebhook(on)(delivery);
    if (!prepared.ready) {
      await tryCommit(on.table, [
        savedDelivery(delivery, moved(delivery, prepared.status, now, { reason: prepared.reason })),
      ]);
      return;
    }
    await attempt(on, delivery, prepared, order === "too_early");
  };

/** A wake-up may be a second early: clocks differ. One that is earlier is none of ours. */
const isDue = ({ status, leaseUntil, nextAt }: Delivery, now: Instant): boolean =>
  !isFinal(status) && leaseUntil <= now && nextAt <= now + seconds(1);

const orderOf = async (table: Pick<Table, "get">, delivery: Delivery): Promise<"in_turn" | "too_early"> => {
  if (delivery.previousEventId === undefined) return "in_turn";
  const previous = await readDelivery(table, { ...delivery, eventId: delivery.previousEventId });
  return previous && isFinal(previous.status) ? "in_turn" : "too_early";
};

/** Mostly the one before is only seconds away; what waits for minutes is asked less often. */
const holdSeconds = (age: number): number => Math.min(30, Math.max(1, Math.ceil(age / 2_000)));

const attempt = async (
  on: Deliver,
  delivery: Delivery,
  prepared: Prepared & { ready: true },
  outOfOrder: boolean,
): Promise<void> => {
  const at = on.now();
  const claimed = moved(delivery, "delivering", at, {
    attempts: delivery.attempts + 1,
    leaseUntil: at + times.lease,
    outOfOrder,
    bodyDigest: delivery.bodyDigest ?? prepared.bodyDigest,
  });
  if (prepared.bodyDigest !== claimed.bodyDigest) {
    on.log.warn("a retry says something else than the first attempt", logged(claimed));
  }
  const lost = await tryCommit(on.table, [savedDelivery(delivery, claimed)]);
  if (lost.length > 0) return;
  await record(on, claimed, await send(on, claimed, prepared, at), prepared);
};

const send = async (
  on: Deliver,
  delivery: Delivery,
  { endpoint, body, headersAt }: Prepared & { ready: true },
  at: Instant,
): Promise<Attempted> => {
  const result = await on.dial({
    url: endpoint.url,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "agentic-checkout",
      ...(delivery.outOfOrder ? { "webhook-out-of-order": "true" } : {}),
      ...headersAt(at),
    },
    body,
    timeoutMs: times.answer,
    maxResponseBytes: 4_096,
  });
  const latencyMs = on.now() - at;
  return result.answered
    ? { status: result.status, retryAfter: result.headers["retry-after"], latencyMs, answer: result.body }
    : { reason: result.reason, latencyMs };
};

const record = async (
  on: Deliver,
  claimed: Delivery,
  attempted: Attempted,
  { endpoint }: Prepared & { ready: true },
): Promise<void> => {
  const now = on.now();
  const after = afterAttempt(claimed, attempted, { now, random: fraction(on.random) });
  on.log.info("webhook attempted", { ...logged(after), status: attempted.status ?? 0, code: after.status });
  const saved = savedDelivery(claimed, { ...after, leaseUntil: now });
  // An endpoint that somebody removed meanwhile can't be disabled: then only the delivery ends.
  const gone = after.reason === "gone" ? [disabledEndpoint(endpoint)] : [];
  const lost = await tryCommit(on.table, [saved, ...gone]);
  if (lost.length > 0 && gone.length > 0) await tryCommit(on.table, [saved]);
  const wait = after.nextAt - now;
  if (after.status === "waiting" && wait <= times.longestDelay) {
    await on.wake([after], Math.max(0, Math.ceil(wait / 1_000)));
  }
};

const logged = ({ storeId, endpointId, eventId, type, attempts, reason }: Delivery) => ({
  storeId,
  endpointId,
  eventId,
  eventType: type,
  attempt: attempts,
  ...(reason === undefined ? {} : { reason }),
});

/** In [0, 1). */
const fraction = (random: RandomBytes): number => Buffer.from(random(4)).readUInt32BE() / 2 ** 32;
