import { sweepDue } from "#functions/runtime/sweep-due.ts";
import type { Table } from "#functions/runtime/table.ts";
import { type Applies, applyEvent } from "./apply-stripe-event.ts";
import { ReceivedEvent } from "./stripe-event.store.ts";

/** Follows every event that is due: those whose wake-up was lost, and those whose first look came too early. */
export const sweepStripeEvents =
  (on: Applies & { table: Pick<Table, "get" | "query"> }) => (): Promise<number> =>
    sweepDue(on, { table: "commerce", kind: "stripe-event" }, async (row) => {
      const event = ReceivedEvent.parse(row);
      if (event.dueAt !== undefined && event.dueAt <= on.now()) await applyEvent(on)(event);
    });
