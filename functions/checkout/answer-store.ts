import { type findAnswer, storeAnswer } from "#functions/runtime/idempotency.ts";
import { once } from "#functions/runtime/once.ts";
import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import type { Attribute, Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { CheckoutId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Checkout } from "./checkout.ts";
import type { CoreAnswer } from "./core-answer.ts";
import { answerWith, type ReadsCheckouts } from "./read-checkout.ts";

export type FindAnswer = ReturnType<typeof findAnswer>;

/**
 * What an idempotency record keeps of a checkout's answer: the row as it was (its personal fields are sealed
 * already), or, since a completed checkout never changes, only its id.
 */
export const storeCheckoutAnswer = (
  request: IdempotencyRequest,
  checkout: Checkout,
  { now, status }: { now: Instant; status: number },
): Write =>
  storeAnswer(request, {
    now,
    status,
    apiVersion: checkout.channel.version,
    answer:
      checkout.status === "completed"
        ? { completed: checkout.id }
        : { checkout: withoutCompletion(checkout) },
  });

const withoutCompletion = ({ completion: _, ...checkout }: Checkout): Attribute => checkout;

/** The stored answer, opened again for the caller that got it the first time. */
export const replayAnswer =
  (on: ReadsCheckouts) =>
  async (caller: Caller, answer: Attribute | undefined): Promise<CoreAnswer> =>
    answerWith(on)(caller, await storedCheckout(on, caller.storeId, answer), true);

const storedCheckout = async (on: ReadsCheckouts, storeId: StoreId, answer: Attribute | undefined) => {
  const stored = answer as { completed?: CheckoutId; checkout?: unknown };
  const checkout = stored.completed ? await on.checkouts.get(storeId, stored.completed) : stored.checkout;
  return Checkout.parse(checkout);
};

type AnswersOnce = ReadsCheckouts & { findAnswer: FindAnswer };

/** The same request again gets its stored answer; else `first` commits it with what it changes. */
export const answeredOnce =
  (on: AnswersOnce) =>
  (
    { caller, idempotency }: { caller: Caller; idempotency: IdempotencyRequest },
    first: () => Promise<CoreAnswer | undefined>,
  ): Promise<CoreAnswer> =>
    once(() => on.findAnswer(idempotency, "canonical"), {
      again: ({ answer }) => replayAnswer(on)(caller, answer),
      first,
    });

/** The same request at the same time was faster: its answer is there. Another change is not done over in silence. */
export const lookAgainOrRefuse = (lost: readonly Write[]): undefined => {
  if (lost.some(({ key }) => key.sk === "idempotency")) return undefined;
  throw new Refusal("conflict", "The checkout session was changed at the same time. Read it again.");
};
