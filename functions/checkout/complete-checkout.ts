import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type Instant, seconds } from "#functions/values/clock.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type FindAnswer, replayAnswer } from "./answer-store.ts";
import type { Checkout } from "./checkout.ts";
import { type CompletionInput, sealedText } from "./completion.ts";
import type { Contact } from "./contents.ts";
import type { CoreAnswer, OpenCheckout } from "./core-answer.ts";
import { answerWith, openCheckout, ownCheckout, type ReadsCheckouts } from "./read-checkout.ts";

export type CompleteCheckout = {
  caller: Caller;
  idempotency: IdempotencyRequest;
  checkoutId: CheckoutId;
  /** By when the caller must have an answer. */
  deadline: Instant;
  payment?: { kind: "pm" | "spt"; token: string } | undefined;
  /** The result of the buyer's 3-D Secure authentication. */
  authentication?: unknown;
  buyer?: Contact["buyer"];
  notes?: string | undefined;
  attribution?: unknown;
};

/** Answers when the workflow did; `complete_in_progress` when it takes longer than this. */
export type RunCompletion = (input: CompletionInput, timeoutMs: number) => Promise<void>;

type Completes = ReadsCheckouts & { findAnswer: FindAnswer; runCompletion: RunCompletion };

/** What is left of the caller's time once the run ended: reading the row again and rendering it. */
const answering = seconds(3);

/**
 * Buys. Writes nothing itself: the workflow claims the checkout, and what the row says afterwards is the answer,
 * whoever drove it there. A repeat with the same key finds the stored answer or joins the run in progress.
 */
export const completeCheckout =
  (on: Completes) =>
  async (command: CompleteCheckout): Promise<CoreAnswer> => {
    const seen = await on.findAnswer(command.idempotency, "canonical");
    if (seen.seen === "finished") return replayAnswer(on)(command.caller, seen.answer);
    const checkout = await ownCheckout(on)(command.caller, command.checkoutId);
    if (checkout.status === "canceled")
      throw new Refusal("method_not_allowed", "The checkout session is canceled and can't be completed.");
    const input = await inputFor(on, checkout, command);
    if (!input) return answerWith(on)(command.caller, checkout);
    await on.runCompletion(input, command.deadline - on.now() - answering);
    return answerWith(on)(command.caller, await ownCheckout(on)(command.caller, command.checkoutId));
  };

/** What to start; nothing, where what the row says is the answer already. */
const inputFor = async (on: Completes, checkout: Checkout, command: CompleteCheckout) => {
  if (abandoned(checkout, on.now())) return { storeId: checkout.storeId, checkoutId: checkout.id };
  if (!completable(checkout, command)) return undefined;
  payable(checkout, command);
  return sealedInput(on, await openCheckout(on)(checkout), command);
};

/** Its run died: a repeated request takes over at once instead of waiting for the sweeper. */
const abandoned = (checkout: Checkout, now: Instant): boolean =>
  (checkout.status === "completing" || checkout.status === "aborting") && checkout.leaseUntil <= now;

const completable = (checkout: Checkout, { buyer }: CompleteCheckout): boolean =>
  checkout.status === "ready" ||
  checkout.status === "authenticating" ||
  (checkout.status === "open" && buyer !== undefined);

const payable = (checkout: Checkout, { payment, authentication }: CompleteCheckout): void => {
  if (checkout.quote.totals.total > 0 && !payment)
    throw new Refusal("missing", "A payment token is wanted.", { param: "$.payment" });
  if (checkout.status === "authenticating" && authentication === undefined)
    throw new Refusal("requires_3ds", "The buyer must authenticate; the result is wanted.", {
      param: "$.authentication",
    });
};

const sealedInput = async (
  on: Completes,
  { checkout, contact }: OpenCheckout,
  command: CompleteCheckout,
): Promise<CompletionInput> => {
  const { storeId, id: checkoutId } = checkout;
  const cipher = await on.envelope.open({ storeId, checkoutId });
  const seal = async (fieldClass: Parameters<typeof cipher.seal>[0], value: unknown) =>
    value === undefined ? undefined : sealedText(await cipher.seal(fieldClass, value));
  const token = await seal("payment_token", command.payment?.token);
  const merged = command.buyer && { ...contact, buyer: command.buyer };
  const sealedContact = await seal("contact", merged);
  return {
    storeId,
    checkoutId,
    request: {
      idempotency: command.idempotency,
      token: command.payment && token ? { kind: command.payment.kind, sealed: token } : undefined,
      authentication: await seal("payment_token", command.authentication),
      contact: sealedContact
        ? { sealed: sealedContact, email: true, address: checkout.has.address }
        : undefined,
      notes: await seal("notes", command.notes),
      attribution: await seal("attribution", command.attribution),
    },
  };
};
