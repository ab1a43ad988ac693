import { EventEnvelope } from "#events/define-event.ts";
import type { Row, TableName } from "#functions/runtime/table.ts";
import { type Instant, minutes } from "#functions/values/clock.ts";
import { CheckoutId, EndpointId, OrderId, StoreId } from "#functions/values/id.ts";
import type { Divergence, Ids } from "./divergence.ts";
import type { Reads } from "./reads.ts";
import type { BookedKind, SubjectOf } from "./subject.ts";

/** Where the rows of each kind lie. */
export const dueTables = {
  checkout: "commerce",
  order: "commerce",
  event: "outbox",
  delivery: "webhooks",
  "stripe-event": "commerce",
} as const satisfies Record<BookedKind, TableName>;

/** Sweepers come every minute, so what is this late has been passed by again and again. */
export const late = minutes(15);

export const lookAtDue =
  (on: Pick<Reads, "table" | "now">) =>
  async ({ kind, table, key }: SubjectOf<"due">): Promise<Divergence[]> => {
    const row = await on.table.get(table, key);
    return row?.["due"] !== undefined && dueSince(kind, row) <= on.now() - late
      ? [{ kind: "stuck_execution", ids: { ...idsIn(row), due: kind } }]
      : [];
  };

/** What the bus refuses rests again and again: an event is late by its own time. */
const dueSince = (kind: BookedKind, row: Row): Instant => {
  const event = kind === "event" ? EventEnvelope.safeParse(row).data : undefined;
  return event ? event.occurredAt : Number(row["dueAt"]);
};

/** Whatever ids its key is made of, and the event it is about. */
const idsIn = ({ pk, eventId, id }: Row): Ids => {
  const parts = pk.split("#");
  const find = <Id>(of: { safeParse: (text: unknown) => { data?: Id | undefined } }): Id | undefined =>
    parts.map((part) => of.safeParse(part).data).find((found) => found !== undefined);
  const event = [eventId, id].find((text) => typeof text === "string" && text.startsWith("evt_"));
  return {
    storeId: find(StoreId),
    checkoutId: find(CheckoutId),
    orderId: find(OrderId),
    endpointId: find(EndpointId),
    ...(typeof event === "string" && { eventId: event }),
  };
};
