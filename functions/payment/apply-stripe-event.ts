import { z } from "zod";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { Followed, Seen } from "./divergence.ts";
import type { Account, Stripe } from "./stripe.ts";
import {
  followedEvent,
  type ReceivedEvent,
  restedEvent,
  type StripeEventStore,
  times,
} from "./stripe-event.store.ts";
import { type Look, lookOf } from "./stripe-event.ts";

export const ApplyStripeEvent = z.object({ eventId: z.string() });
export type ApplyStripeEvent = z.infer<typeof ApplyStripeEvent>;

export type Applies = {
  stripe: Pick<Stripe, "retrievePaymentIntent" | "retrieveRefund" | "retrieveDispute">;
  follow: (seen: Seen) => Promise<Followed>;
  table: Pick<Table, "commit">;
  now: Clock;
  log: Log;
  count: Count;
};

/** By the queue's message. One that was followed meanwhile is left alone. */
export const applyStripeEvent =
  (on: Applies & { events: StripeEventStore }) =>
  async ({ eventId }: ApplyStripeEvent): Promise<void> => {
    const event = await on.events.get(eventId);
    if (event?.dueAt !== undefined) await applyEvent(on)(event);
  };

/**
 * Reads back what the event points to and follows it; what the event said of it is not even known here. So events may
 * come twice, late, in any order and before our own write, and a lie moves nothing. A fault, or somebody else who is
 * at it, leaves it due, later each time.
 */
export const applyEvent =
  (on: Applies) =>
  async (event: ReceivedEvent): Promise<void> => {
    const again = await needsAnotherLook(on, event);
    await tryCommit(on.table, [again ? restedEvent(event, on.now()) : followedEvent(event)]);
    if (again && on.now() - event.receivedAt >= times.alarm) on.count("StripeEventStuck");
  };

const needsAnotherLook = async (on: Applies, event: ReceivedEvent): Promise<boolean> => {
  const about = { eventId: event.id, eventType: event.type };
  try {
    const seen = await seenBy(on, event);
    const followed = seen && (await on.follow(seen));
    if (followed?.followed !== "diverged") return followed?.again === true;
    // Reconciliation finds it too, and tells somebody.
    on.log.warn("Stripe and we differ", {
      ...about,
      paymentIntentId: seen?.intent.id ?? "",
      reason: followed.divergence,
    });
    return false;
  } catch (error) {
    on.log.error("an event of Stripe could not be followed yet", error, about);
    return true;
  }
};

/** `undefined`: there is nothing to follow, or nothing that Stripe knows. */
const seenBy = async (on: Applies, event: ReceivedEvent): Promise<Seen | undefined> => {
  const look = lookOf(event);
  const account = { livemode: event.livemode, stripeAccount: event.account };
  return look && event.objectId ? reads[look](on, account, event.objectId) : undefined;
};

type Read = (on: Applies, account: Account, id: string) => Promise<Seen | undefined>;

const readIntent: Read = async (on, account, id) => {
  const answer = answered(await on.stripe.retrievePaymentIntent(account, id));
  return answer && { account, intent: answer.intent };
};

const reads: Readonly<Record<Look, Read>> = {
  payment_intent: readIntent,
  refund: async (on, account, id) => {
    const refund = answered(await on.stripe.retrieveRefund(account, id))?.refund;
    const seen = refund && (await readIntentOf(on, account, refund));
    return seen && { ...seen, refund };
  },
  dispute: async (on, account, id) => {
    const dispute = answered(await on.stripe.retrieveDispute(account, id))?.dispute;
    return dispute && readIntentOf(on, account, dispute);
  },
};

/** A charge that was made without a PaymentIntent was not made by us. */
const readIntentOf = async (
  on: Applies,
  account: Account,
  { paymentIntentId }: { paymentIntentId: string },
) => (paymentIntentId === "" ? undefined : readIntent(on, account, paymentIntentId));

/** `undefined` for what Stripe does not know. */
const answered = <Asked extends { outcome: string }>(answer: Asked) => {
  if (answer.outcome === "unknown") throw new Error("Stripe does not answer");
  return answer.outcome === "answered" ? (answer as Extract<Asked, { outcome: "answered" }>) : undefined;
};
