import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { type OrderStore, savedOrder } from "#functions/order/order.store.ts";
import type { Order } from "#functions/order/order.ts";
import { fulfillmentEvent } from "#functions/order/order-events.ts";
import { OrderParams, ownOrder } from "#functions/order/read-orders.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Operation, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Fulfillment, fulfillmentIdOf } from "./fulfillment.ts";
import { viewFulfillment } from "./fulfillment-view.ts";
import { withEvent, withFulfillment } from "./order-fulfillments.ts";
import type { fulfillmentRoutes } from "./routes.ts";

export const FulfillmentParams = OrderParams.extend({ fulfillment_id: z.string() });

type Records = { orders: Pick<OrderStore, "get">; table: Pick<Table, "get" | "commit">; now: Clock };

/** Pieces of an order are packed, or on their way. */
export const createFulfillment =
  (on: Records): Operation<typeof fulfillmentRoutes.createFulfillment> =>
  (command) =>
    record(on, command, (order, now) => {
      const after = withFulfillment(order, command.body, now);
      return { after, number: after.fulfillments.length };
    });

/** What became of them. */
export const addFulfillmentEvent =
  (on: Records): Operation<typeof fulfillmentRoutes.addFulfillmentEvent> =>
  (command) =>
    record(on, command, (order, now) => {
      const number = numberIn(order, command.params.fulfillment_id);
      return { after: withEvent(order, number, command.body, now), number };
    });

type Asked = { caller: Caller; params: z.infer<typeof OrderParams>; request: RequestFacts };
type Change = (order: Order, now: Instant) => { after: Order; number: number };

/** One transaction, by the order's revision: the move, what is told of it, its record, and the answer. */
const record = (on: Records, asked: Asked, change: Change): Promise<Answer> => {
  const { caller, params } = asked;
  return answerOnce(
    on,
    asked.request,
    async (request) => {
      const before = await ownOrder(on.orders, caller, params);
      const now = on.now();
      const { after, number } = change(before, now);
      const events = find(after, number).events.length;
      const lost = await tryCommit(on.table, [
        savedOrder(before, after),
        fulfillmentEvent(after),
        recordOf(asked, after, number, now),
        storeAnswer(request, { now, status: 201, answer: { number, events } }),
      ]);
      return lost.length === 0 ? answerOf(after, { number, events }) : undefined;
    },
    async ({ answer }) => answerOf(await ownOrder(on.orders, caller, params), Told.parse(answer)),
  );
};

/** Nothing in it is ever changed, so its first events are the answer as it was; a buyer's erasure takes the tracking. */
const Told = z.object({ number: z.int(), events: z.int() });

const answerOf = (order: Order, { number, events }: z.infer<typeof Told>): Answer => {
  const all = find(order, number);
  return {
    status: 201,
    body: viewFulfillment(order.id, { number, events: all.events.slice(0, events) }),
  };
};

const recordOf = (asked: Asked, { id: orderId }: Order, number: number, at: Instant) =>
  actOfKey(asked, {
    action: "fulfillment.recorded",
    decidedBy: "fulfillments:write",
    at,
    about: { orderId, fulfillment: String(number) },
  });

const find = ({ fulfillments }: Order, number: number): Fulfillment => {
  const found = fulfillments.find((each) => each.number === number);
  if (found) return found;
  throw new Refusal("not_found", "The order has no such fulfillment.");
};

const numberIn = ({ id, fulfillments }: Order, name: string): number =>
  fulfillments.find((fulfillment) => fulfillmentIdOf(id, fulfillment) === name)?.number ?? 0;
