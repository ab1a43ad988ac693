import { type CheckoutStore, savedCheckout } from "#functions/checkout/checkout.store.ts";
import type { Checkout } from "#functions/checkout/checkout.ts";
import { type Claim, claimOn } from "#functions/checkout/claim-checkout.ts";
import { type Completion, type Step, stepOf } from "#functions/checkout/completion.ts";
import type { QuoteSources } from "#functions/checkout/quote-checkout.ts";
import { consentTo, startAttempt } from "#functions/checkout/start-attempt.ts";
import { forgetToken } from "#functions/payment/forget-token.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import { commitStep } from "#functions/runtime/commit-step.ts";
import { claimAnswer } from "#functions/runtime/idempotency.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import { storefrontVersion } from "#functions/store/storefront.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { type Done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import type { BrakeAct } from "#functions/velocity/brake-act.ts";
import { beginCompletion, killsTokenOf, tokensKilled } from "./begin-completion.ts";

export type Reserves = QuoteSources & {
  checkouts: CheckoutStore;
  payments: Pick<PaymentStore, "get">;
  stores: { get(storeId: StoreId): Promise<Store | undefined> };
  table: Pick<Table, "commit">;
  brake: BrakeAct;
  now: Clock;
};

/**
 * First step of the checkout workflow: claims the checkout for this run. For a caller that buys, one transaction
 * takes the stock and the discount, moves the checkout to completing and writes the payment row, if price, stock
 * and time are what the buyer saw. For a run that takes over, it only renews epoch and lease.
 */
export const reserveStock =
  (on: Reserves) =>
  (input: Completion): Promise<Ending> =>
    reserve(on, input);

type Ending = Done<Step> | (Refused & Step) | Held;

const reserve = async (on: Reserves, input: Completion): Promise<Ending> => {
  const [before, store] = await Promise.all([
    on.checkouts.get(input.storeId, input.checkoutId),
    on.stores.get(input.storeId),
  ]);
  if (!before) return held(ids(input), "no_such_checkout");
  const claim = claimOn(before, input.request, on.now());
  if (claim.claim === "none") return held(ids(input), claim.reason);
  if (claim.claim === "begin") return beginCompletion(on, { before, store, request: claim.request });
  if (!store) throw new Error("a checkout without a store");
  return claimLater(on, { before, store }, claim);
};

type Later = Exclude<Claim, { claim: "none" | "begin" }>;

const claimLater = async (
  on: Reserves,
  { before, store }: { before: Checkout; store: Store },
  claim: Later,
): Promise<Ending> => {
  if (claim.claim === "again" && killsTokenOf(before, store)) return held(stepOf(before), tokensKilled);
  const writes = [savedCheckout(before, claimed(on, claim, store)), ...(await writesFor(on, claim, store))];
  const outcome = await commitStep(on.table, stepOf(claim.checkout), writes);
  if (claim.claim !== "abort" || outcome.outcome !== "done") return outcome;
  return refused(stepOf(claim.checkout), claim.checkout.abortReason ?? "given_up");
};

/** Whoever asks again agrees again, to the store as it is now; who takes over has nobody's word but the first. */
const claimed = (on: Pick<Reserves, "now">, claim: Later, store: Store): Checkout =>
  claim.claim === "again"
    ? {
        ...claim.checkout,
        storefront: storefrontVersion(store),
        consent: consentTo(store, claim.request, on.now()),
      }
    : claim.checkout;

/**
 * A new attempt has a payment row of its own, and answers another request. A run that takes over must not pay with a
 * token that was killed: it forgets the token as it claims.
 */
const writesFor = async (on: Reserves, claim: Later, store: Store): Promise<Write[]> => {
  const { checkout } = claim;
  if (claim.claim !== "again")
    return killsTokenOf(checkout, store) ? (await forgetToken(on)(checkout)).writes : [];
  const { request } = claim;
  const now = on.now();
  return [
    ...startAttempt(checkout, store, request, now),
    claimAnswer(request.idempotency, { now, leaseUntil: checkout.leaseUntil }),
  ];
};

const ids = ({ storeId, checkoutId }: Completion) => ({ storeId, checkoutId });
