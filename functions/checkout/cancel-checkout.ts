import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { answeredOnce, lookAgainOrRefuse, storeCheckoutAnswer } from "./answer-store.ts";
import { endedCheckout, savedCheckout } from "./checkout.store.ts";
import { type Checkout, isFinal, leased, moved } from "./checkout.ts";
import { aborted } from "./claim-checkout.ts";
import { stepOf } from "./completion.ts";
import type { CoreAnswer } from "./core-answer.ts";
import type { WritesCheckouts } from "./create-checkout.ts";
import { answerWith, ownCheckout } from "./read-checkout.ts";
import { settleCheckout } from "./settle-checkout.ts";

export type CancelCheckout = {
  caller: Caller;
  idempotency: IdempotencyRequest;
  checkoutId: CheckoutId;
  /** Why the buyer left (ACP intent trace): write-only, sealed. */
  intent?: unknown;
};

/**
 * Ends a session that nobody is completing. One that waits for the buyer's authentication holds stock but no money
 * (Stripe ended that attempt): it goes down the same road as every abort, so its stock goes back exactly once.
 */
export const cancelCheckout =
  (on: WritesCheckouts) =>
  (command: CancelCheckout): Promise<CoreAnswer> =>
    answeredOnce(on)(command, () => cancel(on, command));

const cancel = async (on: WritesCheckouts, command: CancelCheckout): Promise<CoreAnswer | undefined> => {
  const before = await letGo(on, cancelable(await ownCheckout(on)(command.caller, command.checkoutId)));
  const now = on.now();
  const checkout = moved(before, "canceled", now, {
    messages: [],
    sealedIntent: await sealedIntent(on, before, command),
  });
  const lost = await tryCommit(on.table, [
    ...endedCheckout(before, checkout),
    storeCheckoutAnswer(command.idempotency, checkout, { now, status: 200 }),
  ]);
  if (lost.length > 0) return lookAgainOrRefuse(lost);
  return answerWith(on)(command.caller, checkout);
};

/** ACP: a session that is done is not there to be canceled (405). */
const cancelable = (checkout: Checkout): Checkout => {
  if (isFinal(checkout.status))
    throw new Refusal(
      "method_not_allowed",
      `The checkout session is ${checkout.status} and can't be canceled.`,
    );
  if (checkout.status !== "completing" && checkout.status !== "aborting") return checkout;
  throw new Refusal("conflict", "The checkout session is being completed. Read it again in a moment.", {
    retryAfterSeconds: 5,
  });
};

/** A checkout that holds stock for an authentication, back to where it can be canceled. */
const letGo = async (on: WritesCheckouts, waiting: Checkout): Promise<Checkout> => {
  if (waiting.status !== "authenticating") return waiting;
  const now = on.now();
  const aborting = aborted(waiting, now, "buyer_left", leased(waiting, now));
  await on.table.commit([savedCheckout(waiting, aborting)]);
  await settleCheckout(on)(stepOf(aborting));
  const settled = await on.checkouts.get(waiting.storeId, waiting.id);
  if (!settled) throw new Error("a checkout is gone");
  return cancelable(settled);
};

const sealedIntent = async (on: WritesCheckouts, { storeId, id }: Checkout, { intent }: CancelCheckout) => {
  if (intent === undefined) return undefined;
  const cipher = await on.envelope.open({ storeId, checkoutId: id });
  return cipher.seal("attribution", intent);
};
