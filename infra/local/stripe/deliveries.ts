import { createDeliveryRules, type DeliveryRuleInput } from "./delivery-rules.ts";
import { markDelivered } from "./events.ts";
import type { State } from "./state.ts";

/** Events that go out together, in this order; nearly always one. */
export type Delivery = {
  readonly ids: readonly string[];
  readonly copies: number;
  /** Real time in milliseconds; never, once it is given up. */
  at: number;
  attempts: number;
  sending: boolean;
};

const attemptsAtMost = 16;
/** Stripe tries for days; here for a minute, after which it is given up until the endpoints are set again. */
const waitOf = (attempts: number): number => Math.min(100 * 2 ** attempts, 5_000);

/** What is to be sent and when. What nobody has taken stays in the state, so a restart goes on with it. */
export const createDeliveries = (state: State) => {
  const open = new Set<Delivery>();
  const known = new Set<string>();
  const rules = createDeliveryRules();
  let held: string[] = [];
  const add = (ids: readonly string[], milliseconds = 0, copies = 1): void =>
    void open.add({ ids, copies, at: Date.now() + milliseconds, attempts: 0, sending: false });
  const close = (ids: readonly string[]): void => {
    for (const id of ids) {
      known.delete(id);
      markDelivered(state, id);
    }
    state.flush();
  };
  const hold = (id: string, complete: boolean): void => {
    held.unshift(id);
    if (!complete) return;
    add(held);
    held = [];
  };
  const plan = (id: string): void => {
    known.add(id);
    const planned = rules.planOf(state.get("event", id)?.type ?? "");
    if (planned.how === "drop") close([id]);
    else if (planned.how === "send") add([id], planned.milliseconds, planned.copies);
    else hold(id, planned.complete);
  };
  return {
    open,
    meddle: (rule: DeliveryRuleInput): void => rules.add(rule),
    collect: (): void => {
      for (const id of state.undelivered()) if (!known.has(id)) plan(id);
    },
    attempted: (delivery: Delivery, taken: boolean): void => {
      delivery.attempts += 1;
      const more = delivery.attempts < attemptsAtMost;
      delivery.at = more ? Date.now() + waitOf(delivery.attempts) : Number.POSITIVE_INFINITY;
      if (!taken) return;
      open.delete(delivery);
      close(delivery.ids);
    },
  };
};
