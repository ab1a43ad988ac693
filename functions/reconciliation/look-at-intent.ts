import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { disputesAtStripe } from "#functions/order/record-dispute.ts";
import { refundsAtStripe } from "#functions/order/record-refund.ts";
import { PaymentMetadata } from "#functions/payment/payment.ts";
import type { Account, PaymentIntent } from "#functions/payment/stripe.ts";
import { orderIdOf } from "#functions/values/id.ts";
import type { Divergence } from "./divergence.ts";
import { compareIntent } from "./money-comparison.ts";
import { intentAt, type Reads } from "./reads.ts";
import { returnedOf } from "./refund-comparison.ts";
import type { SubjectOf } from "./subject.ts";

/**
 * The PaymentIntent first, then who should own its money, in the order in which a purchase writes them. Money of a
 * store that this deployment does not know is none of ours.
 */
export const lookAtIntent =
  (on: Reads) =>
  async ({ books, paymentIntentId }: SubjectOf<"intent">, seen?: PaymentIntent): Promise<Divergence[]> => {
    const intent = seen ?? (await intentAt(on, books, paymentIntentId));
    const named = PaymentMetadata.safeParse(intent?.metadata).data;
    if (!intent || !named || !(await on.stores.get(named.store))) return [];
    const found = compareIntent({ intent, account: books, ...(await rowsAbout(on, named)) });
    return found.length > 0 && (await isOnItsWayBack(on, books, intent)) ? [] : found;
  };

const rowsAbout = async (on: Reads, { store: storeId, checkout: checkoutId, attempt }: PaymentMetadata) => ({
  about: { storeId, checkoutId },
  payment: await on.payments.get(storeId, checkoutId, attempt),
  checkout: await checkoutStore(on.table).get(storeId, checkoutId),
  order: await on.orders.get(storeId, orderIdOf(checkoutId)),
});

/** A refund that the bank has not got yet leaves the PaymentIntent as it was; an open dispute may still be won. */
const isOnItsWayBack = async (on: Reads, books: Account, intent: PaymentIntent): Promise<boolean> => {
  if (intent.status !== "succeeded") return false;
  const [refunds, disputes] = await Promise.all([
    refundsAtStripe(on, books, intent.id),
    intent.disputed ? disputesAtStripe(on, books, intent.id) : [],
  ]);
  const lost = disputes.filter(({ status }) => status === "lost");
  return returnedOf(refunds, lost) >= intent.amountReceived;
};
