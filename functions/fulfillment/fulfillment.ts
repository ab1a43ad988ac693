import { z } from "zod";
import { Line } from "#functions/checkout/contents.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { Instant } from "#functions/values/clock.ts";
import type { OrderId, ProductId } from "#functions/values/id.ts";

export const PieceStatus = z.enum(["processing", "shipped", "delivered", "failed", "returned"]);
export type PieceStatus = z.infer<typeof PieceStatus>;

/** Where each piece of a fulfillment may go. A move that is not in this table is refused. */
export const moves = {
  /** Being packed. `delivered` at once is a download, or somebody at the counter. */
  processing: ["shipped", "delivered", "failed"],
  shipped: ["delivered", "failed", "returned"],
  delivered: ["returned"],
  /** It will not reach the buyer, so another may be sent in its place. */
  failed: ["returned"],
  returned: [],
} as const satisfies Record<PieceStatus, readonly PieceStatus[]>;

/** Only whoever has them in hand knows where they are: no time moves a piece. */
export const timers = {
  processing: "rest",
  shipped: "rest",
  delivered: "rest",
  failed: "rest",
  returned: "rest",
} as const satisfies Timers<PieceStatus>;

export const Tracking = z.object({
  carrier: z.string().optional(),
  number: z.string().optional(),
  url: z.string().optional(),
});
export type Tracking = z.infer<typeof Tracking>;

export const FulfillmentEvent = z.object({
  type: PieceStatus,
  /** Which pieces it is about. */
  lines: z.array(Line).min(1),
  /** When it happened, by whoever told. */
  at: Instant,
  /** Where it can be followed from then on. */
  tracking: Tracking.optional(),
});
export type FulfillmentEvent = z.infer<typeof FulfillmentEvent>;

/**
 * Pieces of one order that go to the buyer together. It lives in the order's row, so that what is on its way and what
 * may still be sent are one conditional write. Nothing of it is ever changed, only told on: what became of its pieces
 * is counted from its events, of which the first names them all.
 */
export const Fulfillment = z.object({
  /** Counts the order's fulfillments from 1. */
  number: z.int().positive(),
  events: z.array(FulfillmentEvent).min(1),
});
export type Fulfillment = z.infer<typeof Fulfillment>;

/** Names it to the outside. */
export const fulfillmentIdOf = (orderId: OrderId, { number }: Pick<Fulfillment, "number">): string =>
  `ful_${orderId.slice("ord_".length)}_${number}`;

export type Pieces = Readonly<Record<PieceStatus, number>>;

const none: Pieces = { processing: 0, shipped: 0, delivered: 0, failed: 0, returned: 0 };

/** Whose turn it is where an event may be about pieces in several states: those that went furthest. */
const furthestFirst = ["delivered", "failed", "shipped", "processing"] as const;

const mayMove = (from: PieceStatus, to: PieceStatus): boolean =>
  (moves[from] as readonly PieceStatus[]).includes(to);

/** How many pieces of a product are where. */
export const piecesOf = ({ events: [first, ...later] }: Fulfillment, productId: ProductId): Pieces =>
  later.reduce((pieces, { type, lines }) => moved(pieces, type, countIn(lines, productId)), {
    ...none,
    ...(first && { [first.type]: countIn(first.lines, productId) }),
  });

const countIn = (lines: readonly Line[], productId: ProductId): number =>
  lines.reduce((sum, line) => sum + (line.productId === productId ? line.quantity : 0), 0);

const moved = (pieces: Pieces, to: PieceStatus, quantity: number): Pieces => {
  const after = { ...pieces };
  let left = quantity;
  for (const from of furthestFirst.filter((each) => mayMove(each, to))) {
    const taken = Math.min(left, after[from]);
    after[from] -= taken;
    after[to] += taken;
    left -= taken;
  }
  return after;
};

/** How many pieces may go there, and how many of them have not left the store yet. */
export const movable = (
  fulfillment: Fulfillment,
  productId: ProductId,
  to: PieceStatus,
): { all: number; unsent: number } => {
  const pieces = piecesOf(fulfillment, productId);
  const from = furthestFirst.filter((each) => mayMove(each, to));
  return {
    all: from.reduce((sum, each) => sum + pieces[each], 0),
    unsent: mayMove("processing", to) ? pieces.processing : 0,
  };
};

export const linesOf = ({ events: [first] }: Fulfillment): readonly Line[] => first?.lines ?? [];

/** Where the last of its pieces that are still going to the buyer are; else what became of them. */
export const statusOf = (fulfillment: Fulfillment): PieceStatus => {
  const all = linesOf(fulfillment).map(({ productId }) => piecesOf(fulfillment, productId));
  return PieceStatus.options.find((status) => all.some((pieces) => pieces[status] > 0)) ?? "returned";
};

export const trackingOf = ({ events }: Fulfillment): Tracking | undefined =>
  events.findLast(({ tracking }) => tracking !== undefined)?.tracking;

/** By its carrier's number a parcel leads to its buyer. */
export const untracked = ({ number, events }: Fulfillment): Fulfillment => ({
  number,
  events: events.map(({ tracking: _, ...event }) => event),
});

/** Of a product, in all fulfillments together: taken up, out of the house, and at the buyer's. */
export const sentOf = (
  fulfillments: readonly Fulfillment[],
  productId: ProductId,
): { taken: number; dispatched: number; delivered: number } => {
  const all = fulfillments.map((each) => piecesOf(each, productId));
  const sum = (...statuses: PieceStatus[]) =>
    all.reduce((total, pieces) => statuses.reduce((count, each) => count + pieces[each], total), 0);
  return {
    taken: sum("processing", "shipped", "delivered"),
    dispatched: sum("shipped", "delivered"),
    delivered: sum("delivered"),
  };
};
