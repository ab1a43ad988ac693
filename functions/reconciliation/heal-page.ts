import type { recordDisputes } from "#functions/order/record-dispute.ts";
import type { recordRefunds } from "#functions/order/record-refund.ts";
import { recordedUpTo } from "#functions/outbox/outbox.store.ts";
import type { followPaymentIntent } from "#functions/payment/follow-payment-intent.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { fanOutEvent } from "#functions/webhook/fan-out-event.ts";
import { type Divergence, kinds, type Move } from "./divergence.ts";
import { attemptsOf, intentAt, type Reads } from "./reads.ts";
import type { recordHeal } from "./record-heal.ts";
import type { BookedKind, Subject, SubjectOf } from "./subject.ts";

/** The moves that everybody makes, and the record that goes before each. Nothing here writes by itself. */
export type Moves = {
  readonly recordHeal: ReturnType<typeof recordHeal>;
  readonly followPaymentIntent: ReturnType<typeof followPaymentIntent>;
  readonly recordRefunds: ReturnType<typeof recordRefunds>;
  readonly recordDisputes: ReturnType<typeof recordDisputes>;
  readonly fanOutEvent: ReturnType<typeof fanOutEvent>;
  readonly sweeps: Readonly<Record<BookedKind, () => Promise<unknown>>>;
};

export type Heals = Reads & Moves & { readonly log: Log };

type Suspect = { readonly subject: Subject; readonly divergences: readonly Divergence[] };

/**
 * One move a subject and kind of move, one sweep a kind of row, each on record before it is made. What fails is logged;
 * the second look tells.
 */
export const healPage =
  (on: Heals) =>
  async (suspects: readonly Suspect[], run: string): Promise<void> => {
    await Promise.all(
      [...sweepsFor(on, suspects), ...movesFor(on, suspects)].map(({ move, divergences, make }) =>
        orLogged(on, async () => {
          for (const divergence of divergences) await on.recordHeal({ run, divergence, move });
          await make();
        }),
      ),
    );
  };

type Healing = {
  readonly move: Move;
  readonly divergences: readonly Divergence[];
  readonly make: () => Promise<unknown>;
};

const sweepsFor = (on: Heals, suspects: readonly Suspect[]): Healing[] => {
  const overdue = suspects.flatMap(({ subject, divergences }) =>
    subject.of === "due" ? [{ kind: subject.kind, divergences }] : [],
  );
  return [...new Set(overdue.map(({ kind }) => kind))].map((kind) => ({
    move: "sweep what is due",
    divergences: overdue.filter((each) => each.kind === kind).flatMap((each) => each.divergences),
    make: on.sweeps[kind],
  }));
};

const movesFor = (on: Heals, suspects: readonly Suspect[]): Healing[] =>
  suspects.flatMap(({ subject, divergences }) =>
    (["follow the money", "fan the event out"] as const)
      .map((move) => ({ move, mine: divergences.filter(({ kind }) => kinds[kind].healedBy === move) }))
      .filter(({ mine }) => mine.length > 0)
      .map(({ move, mine }) => ({
        move,
        divergences: mine,
        make: () => heals[move](on, subject, mine),
      })),
  );

const orLogged = async (on: Pick<Heals, "log">, heal: () => Promise<unknown>): Promise<void> => {
  try {
    await heal();
  } catch (error) {
    on.log.error("a divergence could not be healed", error);
  }
};

type Heal = (on: Heals, subject: Subject, divergences: readonly Divergence[]) => Promise<void>;

const followMoney: Heal = async (on, subject) => {
  if (subject.of === "intent") await follow(on, subject);
  if (subject.of === "order") await followOrder(on, subject);
};

const follow = async (
  on: Heals,
  { books, paymentIntentId }: Pick<SubjectOf<"intent">, "books" | "paymentIntentId">,
): Promise<void> => {
  const { livemode, stripeAccount } = books;
  const intent = await intentAt(on, books, paymentIntentId);
  if (intent) await on.followPaymentIntent({ account: { livemode, stripeAccount }, intent });
};

const followOrder = async (on: Heals, { storeId, orderId }: SubjectOf<"order">): Promise<void> => {
  const order = await on.orders.get(storeId, orderId);
  if (!order) return;
  for (const { account, attempt, id } of await attemptsOf(on, order)) {
    await follow(on, { books: account, paymentIntentId: id });
    if (attempt !== order.payment.attempt) continue;
    await on.recordRefunds({ storeId, orderId, account });
    await on.recordDisputes({ storeId, orderId, account });
  }
};

const fanOut: Heal = async (on, subject, divergences) => {
  const order = subject.of === "order" && (await on.orders.get(subject.storeId, subject.orderId));
  if (!order) return;
  const untold = new Set(divergences.map(({ ids }) => ids.eventId));
  const recorded = await recordedUpTo(on.table, { ...order, subject: order.id });
  for (const { event } of recorded.reverse())
    if (untold.has(event.id)) await on.fanOutEvent({ detail: event });
};

const heals = {
  "follow the money": followMoney,
  "fan the event out": fanOut,
} as const satisfies Record<Exclude<Move, "sweep what is due">, Heal>;
