import type { Checkout } from "#functions/checkout/checkout.ts";
import type { Order } from "#functions/order/order.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { checkoutsIn, type EventRow, eventsIn, ordersIn } from "./rows.ts";

export const oneEvent: Invariant = {
  id: "I-6",
  promise: "each committed move has exactly its events, in its own transaction, and no event is without one",
  watch: () => ({
    committed: (changes) => {
      const recorded = eventsIn(changes).flatMap(({ before, after }) => (before || !after ? [] : [after]));
      const of = (subject: string) => recorded.filter((event) => event.subject === subject);
      const orders = ordersIn(changes).flatMap(({ before, after }) =>
        after ? orderProblems(before, after, of(after.id)) : [],
      );
      const checkouts = checkoutsIn(changes).flatMap(({ before, after }) =>
        after ? checkoutProblems(before, after, of(after.id)) : [],
      );
      const moved = [...ordersIn(changes), ...checkoutsIn(changes)];
      const subjects = moved.map(({ after }) => after?.id) as string[];
      return [
        ...orders,
        ...checkouts,
        ...recorded
          .filter((event) => !subjects.includes(event.subject) && !isElsewhere(event, changes))
          .map(({ id }) => `${id} was recorded without its change`),
        ...changes.flatMap(keptProblems),
      ];
    },
  }),
};

/**
 * Facts about products and endpoints have rows of their own kind, and a brake is on because nothing changes; the others'
 * rows move in the same transaction.
 */
const isElsewhere = ({ type, subject }: EventRow, changes: readonly RowChange[]): boolean =>
  type === "stock.depleted" ||
  type === "velocity.exceeded" ||
  type === "endpoint.tested" ||
  type === "endpoint.failed" ||
  changes.some(({ table, key }) => table === "access" && key.sk === rowOf(subject));

const rowOf = (subject: string): string =>
  subject.startsWith("domain:") ? subject.replace(":", "#") : `support#${subject}`;

const orderProblems = (before: Order | undefined, after: Order, events: readonly EventRow[]): Problems => {
  const from = before?.version ?? 0;
  const versions = events.map(({ version }) => version).sort((left, right) => left - right);
  const wanted = Array.from({ length: after.version - from }, (_, index) => from + index + 1);
  const told = before?.status === after.status ? undefined : toldBy[after.status];
  return [
    ...when(
      `${versions}` !== `${wanted}`,
      `${after.id} is at version ${after.version} with events ${versions}`,
    ),
    ...when(
      told !== undefined && !events.some(({ type }) => type === told),
      `${after.id} became ${after.status} without ${told}`,
    ),
    ...when(
      told === undefined &&
        waits(after) > waits(before) &&
        !events.some(({ type }) => type === "order.updated"),
      `a refund of ${after.id} waits for its bank without order.updated`,
    ),
  ];
};

const waits = (order: Order | undefined): number =>
  order?.refunds.filter(({ status }) => status === "pending").length ?? 0;

const checkoutProblems = (
  before: Checkout | undefined,
  after: Checkout,
  events: readonly EventRow[],
): Problems => {
  const settled = before?.status === "aborting" && after.status !== "aborting";
  const refused = settled && ["payment_declined", "requires_3ds"].includes(before.abortReason ?? "");
  const wanted = [
    ...(refused ? ["payment.failed"] : []),
    ...(after.status === "expired" && before?.status !== "expired" ? ["checkout.expired"] : []),
  ];
  const told = events.map(({ type }) => type);
  return when(
    `${told.sort()}` !== `${wanted.sort()}`,
    `${after.id} became ${after.status} with events ${told} instead of ${wanted}`,
  );
};

const toldBy: Readonly<Partial<Record<Order["status"], string>>> = {
  placed: "order.placed",
  confirmed: "order.confirmed",
  canceling: "order.updated",
  canceled: "order.canceled",
};

/** Of an event that was recorded only the time to publish it changes. */
const keptProblems = ({ table, key, before, after }: RowChange): Problems =>
  table === "outbox" && before
    ? when(fact(before) !== fact(after), `event ${key.pk} ${key.sk} was changed`)
    : [];

const fact = (row: object | undefined): string =>
  JSON.stringify(
    Object.entries(row ?? {})
      .filter(([name]) => !["due", "dueAt", "list", "listAt", "expiresAtSeconds"].includes(name))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
