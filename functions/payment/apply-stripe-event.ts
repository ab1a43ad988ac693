import { z } from "zod";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { isUsedAccount } from "#functions/store/stripe-account.store.ts";
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
import { StripeForbids } from "./stripe-response.ts";

export const ApplyStripeEvent = z.object({ eventId: z.string() });
export type ApplyStripeEvent = z.infer<typeof ApplyStripeEvent>;

export type Applies = {
  stripe: Pick<Stripe, "retrievePaymentIntent" | "retrieveRefund" | "retrieveDispute">;
  follow: (seen: Seen) => Promise<Followed>;
  table: Pick<Table, "get" | "commit">;
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
 * at it, leaves it due, later each time, and after a day somebody hears of it. What an account does not let us read by
 * then is left to reconciliation, which says so as long as a store sells there.
 */
export const applyEvent =
  (on: Applies) =>
  async (event: ReceivedEvent): Promise<void> => {
    const end = await followedTo(on, event);
    const isOld = on.now() - event.receivedAt >= times.alarm;
    if (end !== "done" && isOld) on.count("StripeEventStuck");
    const isDone = end === "done" || (end === "forbidden" && isOld);
    await tryCommit(on.table, [isDone ? followedEvent(event) : restedEvent(event, on.now())]);
  };

type End = "done" | "again" | "forbidden";

const followedTo = async (on: Applies, event: ReceivedEvent): Promise<End> => {
  try {
    const seen = await seenBy(on, event);
    return seen ? endOf(on, event, seen, await on.follow(seen)) : "done";
  } catch (error) {
    const about = { eventId: event.id, eventType: event.type };
    on.log.error("an event of Stripe could not be followed yet", error, about);
    return event.account && error instanceof StripeForbids ? "forbidden" : "again";
  }
};

const endOf = (on: Applies, event: ReceivedEvent, { intent }: Seen, followed: Followed): End => {
  if (followed.followed !== "diverged") return followed.again ? "again" : "done";
  // Reconciliation finds it too, and tells somebody.
  on.log.warn("Stripe and we differ", {
    eventId: event.id,
    eventType: event.type,
    paymentIntentId: intent.id,
    reason: followed.divergence,
  });
  return "done";
};

/**
 * `undefined`: there is nothing to follow, nothing that Stripe knows, or it is about books in which no store of ours ever
 * sold. Connect tells live endpoints of every account's test events too, for which a stage may have no key.
 */
const seenBy = async (on: Applies, event: ReceivedEvent): Promise<Seen | undefined> => {
  const look = lookOf(event);
  const account = { livemode: event.livemode, stripeAccount: event.account };
  if (!look || !event.objectId || !(await isUsedAccount(on.table, account))) return undefined;
  return reads[look](on, account, event.objectId);
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
