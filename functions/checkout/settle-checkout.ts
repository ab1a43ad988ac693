import { checkoutExpired } from "#events/checkout-expired.ts";
import { toReasonCode } from "#events/facts.ts";
import { paymentFailed } from "#events/payment-failed.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { Done, Held } from "#functions/values/outcome.ts";
import { storeCheckoutAnswer } from "./answer-store.ts";
import { type CheckoutStore, endedCheckout, savedCheckout } from "./checkout.store.ts";
import { type Checkout, isFinal, moved } from "./checkout.ts";
import type { Step } from "./completion.ts";
import type { Message } from "./message.ts";
import { releaseOf } from "./stock-writes.ts";

/**
 * Last step of the undo, once no money is held: stock and discounts go back, the checkout becomes ready again (or
 * ends), and the request that completed it gets its answer, in one transaction.
 */
export const settleCheckout =
  (on: { checkouts: CheckoutStore; table: Pick<Table, "commit">; now: Clock }) =>
  async (step: Step): Promise<Done<Step> | Held> => {
    const before = await on.checkouts.get(step.storeId, step.checkoutId);
    if (!isOurs(before, step, "aborting")) return notOurs(step);
    const now = on.now();
    return commitStep(on.table, step, settling(before, settled(before, now), now));
  };

const settling = (before: Checkout, after: Checkout, now: Instant): Write[] => [
  ...(isFinal(after.status) ? endedCheckout(before, after) : [savedCheckout(before, after)]),
  ...releaseOf(before),
  ...(before.completion ? [storeCheckoutAnswer(before.completion, after, { now, status: 200 })] : []),
  ...(isRefused(before) ? [failedEvent(before, now)] : []),
  ...(after.status === "expired" ? [expiredEvent(after, now)] : []),
];

const settled = (before: Checkout, now: Instant): Checkout => {
  const over = before.expiresAt <= now && before.abortTo === "ready";
  return moved(before, over ? "expired" : (before.abortTo ?? "ready"), now, {
    messages: messagesFor(before.abortReason),
    abortTo: undefined,
    abortReason: undefined,
    completingSince: undefined,
    completion: undefined,
  });
};

/** A buyer is told that the payment failed and may try another way; never why the bank said no. */
const messagesFor = (reason: string | undefined): Message[] => [
  reason === "requires_3ds" || reason === "authentication_timed_out"
    ? {
        level: "error",
        code: "authentication_required",
        at: ["payment"],
        text: "The card wants an authentication.",
      }
    : {
        level: "error",
        code: "payment_declined",
        at: ["payment"],
        text: "The payment was declined. Try another one.",
      },
];

/** A definite no to the attempt; one that was given up, or that its buyer left, was not refused. */
const isRefused = ({ abortReason }: Checkout): boolean =>
  abortReason === "payment_declined" || abortReason === "requires_3ds";

const about = ({ storeId, livemode, principalId, id }: Checkout, now: Instant) => ({
  storeId,
  livemode,
  principalId,
  subject: id,
  occurredAt: now,
});

/** Each attempt fails once at most, so it is the version. The bank's own reason is not in it: events travel far. */
const failedEvent = (before: Checkout, now: Instant): Write =>
  recordEvent({
    ...about(before, now),
    definition: paymentFailed,
    version: before.attempt,
    data: {
      checkoutId: before.id,
      stage: "authorization",
      attempt: before.attempt,
      amount: before.quote.totals.total,
      currency: before.quote.currency,
      reason: toReasonCode(before.abortReason),
    },
  });

/** The last of a checkout's facts, after those of its attempts. */
export const expiredEvent = (after: Checkout, now: Instant): Write =>
  recordEvent({
    ...about(after, now),
    definition: checkoutExpired,
    version: after.attempt + 1,
    data: { checkoutId: after.id, total: after.quote.totals.total, currency: after.quote.currency },
  });
