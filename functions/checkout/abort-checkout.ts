import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type Done, done, type Held } from "#functions/values/outcome.ts";
import { type CheckoutStore, savedCheckout } from "./checkout.store.ts";
import { aborted } from "./claim-checkout.ts";
import type { Step } from "./completion.ts";

/**
 * First step of the undo: the one write that decides it. Another run that placed the order in the meantime has
 * moved the checkout, so this one loses and nothing is undone.
 */
export const abortCheckout =
  (on: { checkouts: CheckoutStore; table: Pick<Table, "commit">; now: Clock }) =>
  async (step: Step): Promise<Done<Step> | Held> => {
    const before = await on.checkouts.get(step.storeId, step.checkoutId);
    if (isOurs(before, step, "aborting")) return done(step);
    if (!isOurs(before, step, "completing")) return notOurs(step);
    const after = aborted(before, on.now(), step.reason ?? "refused");
    return commitStep(on.table, step, [savedCheckout(before, after)]);
  };
