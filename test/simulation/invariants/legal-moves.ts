import { isDeepStrictEqual } from "node:util";
import { moves as checkoutMoves } from "#functions/checkout/checkout.ts";
import { disputeMoves } from "#functions/order/dispute.ts";
import { moves as orderMoves } from "#functions/order/order.ts";
import { refundMoves } from "#functions/order/refund.ts";
import { moves as paymentMoves } from "#functions/payment/payment.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Row } from "#functions/runtime/table.ts";
import { moves as deliveryMoves } from "#functions/webhook/delivery.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
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
  watch: () => ({
    committed: (changes) =>
      changes.flatMap((change) => {
        const kind = kindOf(change) ?? "";
        const moves = tables[kind];
        return moves && change.before ? illegalIn(change, kind, moves) : [];
      }),
  }),
};

const illegalIn = (change: RowChange, kind: string, moves: Moves): Problems => {
  const before = change.before as unknown as Stateful;
  const after = change.after as unknown as Stateful | undefined;
  const isOver = moves[before.status]?.length === 0 && absorbing.has(kind) && !isCorrected(change);
  const what = `${kind} ${change.key.pk} ${change.key.sk} moved from ${before.status} to ${after?.status}`;
  return [
    ...when(isOver || !isLegal(moves, before, after), what),
    ...(kind === "order" ? illegalParts(change) : []),
  ];
};

/** A person's right reaches what came to its end, too: their contact is sealed anew, and all else stays. */
const isCorrected = ({ before, after }: RowChange): boolean =>
  before?.["sealedContact"] !== undefined && isDeepStrictEqual(apart(before), apart(after));

const apart = (row: Row | undefined) => ({ ...row, sealedContact: undefined, version: undefined });

/** What is gone has moved nowhere. */
const isLegal = (moves: Moves, before: Stateful, after: Stateful | undefined): boolean =>
  after !== undefined &&
  (before.status === after.status || (moves[before.status]?.includes(after.status) ?? false));

type Parts = { refunds?: (Stateful & { number: number })[]; disputes?: (Stateful & { id: string })[] };

/** Refunds and disputes of an order: each moves by its own table, and none is ever gone. */
const illegalParts = ({ before, after, key }: RowChange): Problems => {
  const { refunds = [], disputes = [] } = before as unknown as Parts;
  const now = (after ?? {}) as unknown as Parts;
  return [
    ...refunds.flatMap(({ number, status }) => {
      const next = now.refunds?.find((refund) => refund.number === number);
      return when(!isLegal(refundMoves, { status }, next), `refund ${number} of ${key.pk} left ${status}`);
    }),
    ...disputes.flatMap(({ id, status }) => {
      const next = now.disputes?.find((dispute) => dispute.id === id);
      return when(!isLegal(disputeMoves, { status }, next), `dispute ${id} of ${key.pk} left ${status}`);
    }),
  ];
};
