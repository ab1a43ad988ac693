import type { Change } from "./call.ts";
import type { Intent, Movement } from "./objects.ts";
import type { State } from "./state.ts";

/** How much money moved for a PaymentIntent, in Stripe's units: an account of its own beside what objects say. */
export type Ledger = {
  readonly currency: string;
  readonly captured: number;
  /** Refunds that have not failed; a pending one has moved nothing yet. */
  readonly refunded: number;
  /** Taken by banks and not given back. */
  readonly disputed: number;
  /** What the seller has of it. */
  readonly kept: number;
};

export const book = (
  { state, now, owner, livemode }: Change,
  { id: intentId, currency }: Pick<Intent, "id" | "currency">,
  moved: Pick<Movement, "category" | "amount" | "source">,
): void =>
  state.put("movement", {
    ...state.newId("txn"),
    owner,
    livemode,
    created: now,
    intentId,
    currency,
    ...moved,
  });

export const movementsOf = (state: State, source: string): Movement[] =>
  state.all("movement").filter((movement) => movement.source === source);

export const ledgerOf = (state: State, intentId: string): Ledger | undefined => {
  const intent = state.get("intent", intentId);
  if (!intent) return undefined;
  const movements = state.all("movement").filter((movement) => movement.intentId === intentId);
  const sum = (...categories: Movement["category"][]) =>
    movements.reduce(
      (total, { category, amount }) => total + (categories.includes(category) ? amount : 0),
      0,
    );
  return {
    currency: intent.currency,
    captured: sum("charge"),
    refunded: -sum("refund", "refund_failure") || 0,
    disputed: -sum("dispute", "dispute_reversal") || 0,
    kept: movements.reduce((total, { amount }) => total + amount, 0),
  };
};
