import { sentOf } from "#functions/fulfillment/fulfillment.ts";
import { mayNotShip } from "#functions/order/dispute.ts";
import type { Order } from "#functions/order/order.ts";
import { owedOf } from "#functions/order/progress.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { ordersIn } from "./rows.ts";

export const sentOnce: Invariant = {
  id: "I-5",
  promise: "nothing is sent that nobody is owed, that is not paid, or while a bank asks",
  watch: () => ({
    committed: (changes) =>
      ordersIn(changes).flatMap(({ before, after }) => (before && after ? problems(before, after) : [])),
  }),
};

/** However its requests die, and whether or not anybody hears of what they did. */
export const toldOnce: Invariant = {
  id: "I-9",
  promise: "a key tells of a fulfillment once",
  watch: () => {
    const told = new Set<string>();
    return {
      committed: (changes, served) => {
        const key = served?.idempotencyKey;
        const tells = ordersIn(changes).some(({ before, after }) => eventsOf(after) > eventsOf(before));
        if (key === undefined || !tells) return [];
        const again = told.has(key);
        told.add(key);
        return when(again, `${key} told of a fulfillment again`);
      },
    };
  },
};

/** Rows of an older release have none. */
const fulfillmentsOf = (order: Order | undefined) => order?.fulfillments ?? [];

const eventsOf = (order: Order | undefined): number =>
  fulfillmentsOf(order).reduce((sum, { events }) => sum + events.length, 0);

const problems = (before: Order, after: Order): Problems =>
  after.quote.lines.flatMap((line) => {
    const was = sentOf(fulfillmentsOf(before), line.productId);
    const is = sentOf(fulfillmentsOf(after), line.productId);
    const owed = owedOf({ ...before, fulfillments: fulfillmentsOf(before) }, line);
    const what = `${after.id} ${line.productId}`;
    const mayLeave = before.status === "confirmed" && !mayNotShip(before);
    return [
      ...when(is.taken > line.quantity, `${what}: ${is.taken} of ${line.quantity} are sent`),
      ...when(
        is.taken - was.taken > owed,
        `${what}: ${is.taken - was.taken} more are sent, ${owed} were owed`,
      ),
      ...when(is.dispatched > was.dispatched && !mayLeave, `${what} was sent while ${before.status}`),
    ];
  });
