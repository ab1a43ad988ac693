import { type Clock, hours, minutes } from "#functions/values/clock.ts";
import { diverged, type Followed, type Seen } from "./divergence.ts";
import type { Payment } from "./payment.ts";
import { refundsAtStripe } from "./read-returned.ts";
import { type ReleasesIntents, releaseIntent } from "./release-money.ts";
import { isAlive } from "./returned.ts";
import type { Stripe } from "./stripe.ts";

export type ReleasesOrphans = ReleasesIntents & { stripe: Pick<Stripe, "listRefunds">; now: Clock };

/** No invocation lives this long, so whoever settled the row, or asked Stripe before, has come to its end. */
const settled = minutes(10);

/**
 * Money of an attempt whose row is final, or which has gone on with another PaymentIntent: no run will ever come for
 * it, and no row has to move, since none claims it. The keys are the PaymentIntent's own, so whoever else lets go of
 * it at the same time is a repeat: it is canceled once, and refunded at most as far as it was captured.
 */
export const releaseOrphan =
  (on: ReleasesOrphans) =>
  async (payment: Payment, seen: Seen): Promise<Followed> => {
    const touched = Math.max(payment.updatedAt, seen.intent.created);
    if (on.now() - touched < settled) return later;
    return (await cameBack(on, seen)) ? diverged("missing_refund") : release(on, payment, seen.intent.id);
  };

const later: Followed = { followed: "nothing", again: true };

const release = async (on: ReleasesOrphans, payment: Payment, id: string): Promise<Followed> => {
  const hour = Math.floor(on.now() / hours(1));
  const released = await releaseIntent(on)(payment, id, {
    cancel: `${id}:cancel:${hour}`,
    refund: `${id}:refund:full`,
    refundAgain: `${id}:refund:full:${hour}`,
  });
  if (!("held" in released)) return { followed: "moved" };
  return released.held === "refund_refused" ? diverged("charged_not_recorded") : later;
};

/** A refund that the bank sent back would be sent back again: the buyer must be paid in another way. */
const cameBack = async (on: ReleasesOrphans, { account, intent }: Seen): Promise<boolean> => {
  if (intent.status !== "succeeded") return false;
  const refunds = await refundsAtStripe(on, account, intent.id);
  return !refunds.every(isAlive);
};
