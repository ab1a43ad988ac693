import type { Order } from "#functions/order/order.ts";
import type { RowChange } from "../../fakes/memory-table.ts";
import type { Invariant } from "./invariant.ts";
import { checkoutsIn, type EventRow, eventsIn, ordersIn } from "./rows.ts";

export const oneEvent: Invariant = {
  id: "I-6",
  promise: "each committed move has exactly its events, in its own transaction, and no event is without one",
  watch: (_, broken) => ({
    committed: (changes) => {
      const recorded = eventsIn(changes).flatMap(({ before, after }) => (before ? [] : [after as EventRow]));
      const explained = new Set<string>();
      const of = (subject: string) => recorded.filter((event) => event.subject === subject);
      for (const { before, after } of ordersIn(changes)) {
        if (!after) continue;
        for (const { id } of of(after.id)) explained.add(id);
        checkOrder(before, after, of(after.id), broken);
      }
      for (const { before, after } of checkoutsIn(changes)) {
        if (!after || after.status !== "expired" || before?.status === "expired") continue;
        const told = of(after.id).filter(({ type }) => type === "checkout.expired");
        if (told.length !== 1) broken(`${after.id} expired with ${told.length} events`);
        for (const { id } of told) explained.add(id);
      }
      for (const event of recorded)
        if (!explained.has(event.id) && !isElsewhere(event))
          broken(`${event.type} ${event.id} was recorded without its change`);
      for (const change of changes) checkKept(change, broken);
    },
  }),
};

/** Facts about products and endpoints have rows of their own kind. */
const isElsewhere = ({ type }: EventRow): boolean => type === "stock.depleted" || type === "endpoint.tested";

const checkOrder = (
  before: Order | undefined,
  after: Order,
  events: readonly EventRow[],
  broken: (what: string) => void,
): void => {
  const grown = after.version - (before?.version ?? 0);
  const versions = events.map(({ version }) => version).sort((left, right) => left - right);
  const wanted = Array.from({ length: grown }, (_, index) => (before?.version ?? 0) + index + 1);
  if (JSON.stringify(versions) !== JSON.stringify(wanted))
    broken(`${after.id} went to version ${after.version} with events ${versions}`);
  const told = toldBy[after.status];
  if (before?.status !== after.status && told && !events.some(({ type }) => type === told))
    broken(`${after.id} became ${after.status} without ${told}`);
};

const toldBy: Readonly<Partial<Record<Order["status"], string>>> = {
  placed: "order.placed",
  confirmed: "order.confirmed",
  canceled: "order.canceled",
};

/** Of an event that was recorded only the time to publish it changes. */
const checkKept = ({ table, key, before, after }: RowChange, broken: (what: string) => void): void => {
  if (table !== "outbox" || !before) return;
  const fact = (row: object | undefined) =>
    JSON.stringify({ ...row, due: undefined, dueAt: undefined, expiresAtSeconds: undefined });
  if (fact(sorted(before)) !== fact(sorted(after))) broken(`event ${key.pk} ${key.sk} was changed`);
};

const sorted = (row: object | undefined): object =>
  Object.fromEntries(Object.entries(row ?? {}).sort(([left], [right]) => (left < right ? -1 : 1)));
