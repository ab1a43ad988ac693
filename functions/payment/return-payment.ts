import type { z } from "zod";
import { Step } from "#functions/checkout/completion.ts";
import { notOurs } from "#functions/runtime/commit-step.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { OrderId } from "#functions/values/id.ts";
import { type Done, done, type Held, held } from "#functions/values/outcome.ts";
import { movedPayment, type PaymentStore } from "./payment.store.ts";
import { isFinal, type Payment } from "./payment.ts";
import { type Releases, releaseMoney } from "./release-money.ts";

/** The undo of a checkout, or of its order where there is one. */
export const ReturnPayment = Step.extend({ orderId: OrderId.optional() });
export type ReturnPayment = z.infer<typeof ReturnPayment>;

export type Returns = Releases & {
  payments: Pick<PaymentStore, "list">;
  table: Pick<Table, "commit">;
  /** An undo that can't finish is tried without end, and somebody must hear of it. */
  count: Count;
};

/**
 * The one undo of money. It decides nothing: whoever calls has made the write that decides. Each attempt that may
 * hold money is settled first, by the same request under the same key if need be, and then released or refunded.
 * Nothing to undo is only what has no payment row.
 */
export const returnPayment =
  (on: Returns) =>
  async (step: ReturnPayment): Promise<Done<ReturnPayment> | (Held & ReturnPayment)> => {
    const payments = await on.payments.list(step.storeId, step.checkoutId);
    for (const payment of payments.filter(({ status }) => !isFinal(status))) {
      const missed = await giveBack(on, step, payment);
      if (missed) return missed;
    }
    return done(step);
  };

const giveBack = async (on: Returns, step: ReturnPayment, payment: Payment) => {
  const released = await releaseMoney(on)(payment, step).catch((error: unknown) => {
    on.count("MoneyHeld");
    throw error;
  });
  if ("held" in released) {
    on.count("MoneyHeld");
    return held(step, released.held);
  }
  const write = movedPayment(payment, released.to, { ...step, now: on.now() }, released.facts);
  const lost = await tryCommit(on.table, [write]);
  return lost.length > 0 ? notOurs(step) : undefined;
};
