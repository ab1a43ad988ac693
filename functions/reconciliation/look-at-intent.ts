import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { comesBack } from "#functions/payment/follow-lost-payment.ts";
import { isMadeBy, PaymentMetadata } from "#functions/payment/payment.ts";
import { disputesAtStripe, refundsAtStripe } from "#functions/payment/read-returned.ts";
import { isLost, returnedOf } from "#functions/payment/returned.ts";
import type { Account, PaymentIntent } from "#functions/payment/stripe.ts";
import type { Store } from "#functions/store/store.ts";
import { orderIdOf } from "#functions/values/id.ts";
import type { Divergence } from "./divergence.ts";
import { compareIntent, type IntentRead, saying } from "./money-comparison.ts";
import { intentAt, type Reads } from "./reads.ts";
import type { SubjectOf } from "./subject.ts";

/**
 * The PaymentIntent first, then who should own its money, in the order in which a purchase writes them. Money that
 * another deployment took, or of a store that this one does not know, is none of ours.
 */
export const lookAtIntent =
  (on: Reads) =>
  async ({ books, paymentIntentId }: SubjectOf<"intent">, seen?: PaymentIntent): Promise<Divergence[]> => {
    const intent = seen ?? (await intentAt(on, books, paymentIntentId));
    if (intent && !isMadeBy(on.deployment, intent.metadata)) return [];
    const named = PaymentMetadata.safeParse(intent?.metadata).data;
    const store = named && (await on.stores.get(named.store));
    return intent && store ? compare(on, store, named, { intent, account: books }) : [];
  };

const compare = async (
  on: Reads,
  store: Store,
  named: PaymentMetadata,
  seen: Pick<IntentRead, "intent" | "account">,
): Promise<Divergence[]> => {
  const read = { ...seen, ...(await rowsAbout(on, named)) };
  if (isOrderLost(store, named, read)) return [lost(read)];
  const found = compareIntent(read);
  return found.length > 0 && (await isOnItsWayBack(on, seen.account, seen.intent)) ? [] : found;
};

/** Whatever went back of it since: its order was lost, and its checkout waits to be bought once more. */
const isOrderLost = (
  store: Store,
  { attempt }: PaymentMetadata,
  { payment, order, checkout, ...seen }: IntentRead,
): boolean => !payment && !order && checkout !== undefined && comesBack(store, checkout, attempt, seen);

const lost = ({ about, intent }: IntentRead): Divergence =>
  saying(about)("charged_not_recorded", { paymentIntentId: intent.id });

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
  return returnedOf(refunds, disputes.filter(isLost), intent) >= intent.amountReceived;
};
