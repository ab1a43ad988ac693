import { seconds } from "#functions/values/clock.ts";
import type { Divergence } from "./divergence.ts";
import type { Reads } from "./reads.ts";
import type { SubjectOf } from "./subject.ts";

/** Whether Stripe shows these books at all: what nobody can compare may diverge unseen. */
export const lookAtBooks =
  (on: Pick<Reads, "stripe" | "now">) =>
  async ({ books }: SubjectOf<"books">): Promise<Divergence[]> => {
    const now = on.now();
    const page = await on.stripe
      .listPaymentIntents(books, { from: now - seconds(1), to: now })
      // A key that is missing or wrong is thrown.
      .catch(() => undefined);
    const due = books.livemode ? "live books" : "test books";
    return page?.outcome === "answered"
      ? []
      : [{ kind: "stuck_execution", ids: { due, stripeAccount: books.stripeAccount } }];
  };
