import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { RunEnd } from "#functions/runtime/workflow.client.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type Instant, seconds } from "#functions/values/clock.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { refusalFor } from "#functions/velocity/refusal.ts";
import { velocityExceeded } from "#functions/velocity/velocity.ts";
import { type FindAnswer, replayAnswer, storeCheckoutAnswer } from "./answer-store.ts";
import { unchangedCheckout } from "./checkout.store.ts";
import type { Checkout } from "./checkout.ts";
import type { CompletionInput } from "./completion.ts";
import type { Contact } from "./contents.ts";
import type { CoreAnswer } from "./core-answer.ts";
import { answerWith, ownCheckout, type ReadsCheckouts } from "./read-checkout.ts";
import { sealCompletion } from "./seal-completion.ts";

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

/** Waits for the workflow's end, at most so long. */
export type RunCompletion = (input: CompletionInput, timeoutMs: number) => Promise<RunEnd>;

type Completes = ReadsCheckouts & {
  findAnswer: FindAnswer;
  table: Pick<Table, "commit">;
  runCompletion: RunCompletion;
};

/** What is left of the caller's time once the run ended: reading the row again and rendering it. */
const answering = seconds(3);

/**
 * Buys. The workflow claims the checkout, and what the row says afterwards is the answer, whoever drove it there.
 * A repeat with the same key finds the stored answer or joins the run in progress.
 */
export const completeCheckout =
  (on: Completes) =>
  async (command: CompleteCheckout): Promise<CoreAnswer> => {
    const [seen, before] = await Promise.all([
      on.findAnswer(command.idempotency, "canonical"),
      ownCheckout(on)(command.caller, command.checkoutId),
    ]);
    if (seen.seen === "finished") return replayAnswer(on)(command.caller, seen.answer);
    if (before.status === "canceled")
      throw new Refusal("method_not_allowed", "The checkout session is canceled and can't be completed.");
    const input = await inputFor(on, before, command);
    if (!input) return notToComplete(on, before, command);
    const end = await on.runCompletion(input, command.deadline - on.now() - answering);
    const after = await ownCheckout(on)(command.caller, command.checkoutId);
    refuseIfNothingCame(before, after, end, on.now());
    await refuseAnothersOutcome(on, command, after);
    return answerWith(on)(command.caller, after);
  };

/** What to start; nothing, where what the row says is the answer already. */
const inputFor = async (on: Completes, checkout: Checkout, command: CompleteCheckout) => {
  if (abandoned(checkout, on.now())) return { storeId: checkout.storeId, checkoutId: checkout.id };
  if (!completable(checkout, command)) return undefined;
  payable(checkout, command);
  return sealCompletion(on)(checkout, command);
};

/**
 * What is missing is the answer to this request, for good: a late repeat of it must not buy what the checkout has
 * become by then. One that is over, or being completed, says the same by itself.
 */
const notToComplete = async (
  on: Completes,
  checkout: Checkout,
  command: CompleteCheckout,
): Promise<CoreAnswer> => {
  if (checkout.status === "open") {
    const answer = storeCheckoutAnswer(command.idempotency, checkout, { now: on.now(), status: 200 });
    const lost = await tryCommit(on.table, [unchangedCheckout(checkout), answer]);
    if (lost.length > 0) throw changedMeanwhile();
  }
  return answerWith(on)(command.caller, checkout);
};

/** A run that changed nothing must not look like an answer: its caller would go round in circles. */
const refuseIfNothingCame = (before: Checkout, after: Checkout, end: RunEnd, now: Instant): void => {
  const { reason, retryAt } = end.run === "succeeded" ? saidIn(end.output) : { reason: end.run };
  if (reason === "changed_meanwhile") throw changedMeanwhile();
  if (reason === velocityExceeded) throw refusalFor("Nothing was charged.", Number(retryAt), now);
  if (after.version !== before.version || after.status !== before.status) return;
  if (reason === "store_not_active")
    throw new Refusal("store_not_active", "This store does not sell at the moment.");
  if (reason === "tokens_killed")
    throw new Refusal("payments_suspended", "This store takes no payments at the moment.");
  throw new Refusal("temporarily_unavailable", "Nothing was bought. Send the same request again.", {
    retryAfterSeconds: 2,
  });
};

/**
 * The run finished what another request had left behind. What that came to is no answer to this one, which may still
 * buy when it is sent again, and must not be told both.
 */
const refuseAnothersOutcome = async (
  on: Completes,
  { idempotency }: CompleteCheckout,
  { status }: Checkout,
): Promise<void> => {
  if (status !== "open" && status !== "ready" && status !== "authenticating") return;
  const own = await on.findAnswer(idempotency, "canonical");
  if (own.seen === "finished") return;
  throw new Refusal(
    "temporarily_unavailable",
    "An earlier request was finished first. Send the same request again.",
    {
      retryAfterSeconds: 1,
    },
  );
};

const saidIn = (output: unknown): { reason?: unknown; retryAt?: unknown } => output ?? {};

const changedMeanwhile = () =>
  new Refusal("conflict", "The checkout session was changed at the same time. Read it again.");

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
