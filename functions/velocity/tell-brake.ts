import { velocityExceeded } from "#events/velocity-exceeded.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { windowAt } from "#functions/runtime/counter.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import type { Act, Brakes } from "./brake-act.ts";
import { type Braked, ruleOf } from "./velocity.ts";

/**
 * Once a rule and window, whoever was refused first; of a principal's rule once each. No address is named, by no mark
 * either: the checkout is, by which the store can look.
 */
export const tellBrake =
  (on: Pick<Brakes, "table" | "now" | "log">) =>
  async ({ subjects, livemode, about }: Act, { rule, limit, endsAt }: Braked): Promise<void> => {
    const { storeId, principalId } = subjects;
    const { per, within } = ruleOf(rule);
    const now = on.now();
    on.log.info("braked", { reason: rule, storeId, principalId, ...about });
    const event = recordEvent({
      definition: velocityExceeded,
      storeId,
      livemode,
      subject: per === "principal" ? `velocity:${rule}:${principalId}` : `velocity:${rule}`,
      version: windowAt(within, endsAt - 1).number,
      occurredAt: now,
      data: { rule, limit, endsAt, principalId, ...about },
    });
    try {
      await tryCommit(on.table, [event]);
    } catch (error) {
      // The next that is refused tells it.
      if (!(error instanceof Unavailable)) throw error;
      on.log.warn("a brake was not told", { reason: rule, storeId });
    }
  };
