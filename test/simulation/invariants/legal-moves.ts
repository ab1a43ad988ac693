import { moves as checkoutMoves } from "#functions/checkout/checkout.ts";
import { disputeMoves } from "#functions/order/dispute.ts";
import { moves as orderMoves } from "#functions/order/order.ts";
import { refundMoves } from "#functions/order/refund.ts";
import { moves as paymentMoves } from "#functions/payment/payment.ts";
import { moves as deliveryMoves } from "#functions/webhook/delivery.ts";
import type { RowChange } from "../../fakes/memory-table.ts";
import type { Invariant } from "./invariant.ts";
import { kindOf } from "./rows.ts";

type Moves = Readonly<Record<string, readonly string[]>>;
type Stateful = { readonly status: string };

const tables: Readonly<Partial<Record<string, Moves>>> = {
  checkout: checkoutMoves,
  order: orderMoves,
  payment: paymentMoves,
  delivery: deliveryMoves,
};

/** What may still be noted of an order that came to its end. */
const absorbing = new Set(["checkout", "payment", "delivery"]);

export const legalMoves: Invariant = {
  id: "I-11",
  promise: "only legal moves; an end is an end",
  watch: (_, broken) => ({
    committed: (changes) => {
      for (const change of changes) {
        const kind = kindOf(change);
        const moves = kind && tables[kind];
        if (moves) check(change, kind, moves, broken);
      }
    },
  }),
};

const check = (change: RowChange, kind: string, moves: Moves, broken: (what: string) => void): void => {
  const before = change.before as Stateful | undefined;
  const after = change.after as Stateful | undefined;
  if (!before) return;
  if (!after) return broken(`${kind} ${change.key.pk} was removed`);
  const isFinal = moves[before.status]?.length === 0;
  if (!isLegal(moves, before, after) || (isFinal && absorbing.has(kind)))
    broken(`${kind} ${change.key.pk} ${change.key.sk} moved from ${before.status} to ${after.status}`);
  if (kind === "order") checkParts(change, broken);
};

const isLegal = (moves: Moves, before: Stateful, after: Stateful): boolean =>
  before.status === after.status || (moves[before.status]?.includes(after.status) ?? false);

type Parts = { refunds?: (Stateful & { number: number })[]; disputes?: (Stateful & { id: string })[] };

/** Refunds and disputes of an order: each moves by its own table, and none is ever gone. */
const checkParts = ({ before, after, key }: RowChange, broken: (what: string) => void): void => {
  const [old, now] = [before as unknown as Parts, after as unknown as Parts];
  for (const refund of old.refunds ?? []) {
    const next = now.refunds?.find(({ number }) => number === refund.number);
    if (!next || !isLegal(refundMoves, refund, next))
      broken(`refund ${refund.number} of ${key.pk} moved from ${refund.status} to ${next?.status}`);
  }
  for (const dispute of old.disputes ?? []) {
    const next = now.disputes?.find(({ id }) => id === dispute.id);
    if (!next || !isLegal(disputeMoves, dispute, next))
      broken(`dispute ${dispute.id} of ${key.pk} moved from ${dispute.status} to ${next?.status}`);
  }
};
