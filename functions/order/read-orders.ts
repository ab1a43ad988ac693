import { z } from "zod";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Operation } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { OrderId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { OrderStore } from "./order.store.ts";
import type { Order } from "./order.ts";
import { OrderView, viewOrder } from "./order-view.ts";
import type { orderRoutes } from "./routes.ts";

type Reads = { orders: OrderStore; envelope: Envelope };

export const OrderParams = z.strictObject({ id: z.string() });
export const OrdersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before. */
  after: OrderId.optional(),
});
export const OrdersPage = z.object({ orders: z.array(OrderView), next: OrderId.optional() });

export const getOrder =
  (on: Reads): Operation<typeof orderRoutes.getOrder> =>
  async ({ caller, params }) => ({
    status: 200,
    body: await viewOrder(on)(caller, await ownOrder(on.orders, caller, params)),
  });

/** Another store's order is told like one that does not exist. */
export const ownOrder = async (
  orders: Pick<OrderStore, "get">,
  { storeId }: Caller,
  params: z.infer<typeof OrderParams>,
): Promise<Order> => {
  const id = OrderId.safeParse(params.id);
  const order = id.success ? await orders.get(storeId, id.data) : undefined;
  if (!order) throw new Refusal("not_found", "There is no order with this id.");
  return order;
};

/** Newest first. `next` is the last order of a page: the next one begins after it, whatever is written meanwhile. */
export const listOrders =
  (on: Reads): Operation<typeof orderRoutes.listOrders> =>
  async ({ caller, query }) => {
    const after = query.after && (await on.orders.get(caller.storeId, query.after));
    if (query.after && !after) throw new Refusal("invalid", "There is no such order.", { param: "$.after" });
    const { orders, more } = await on.orders.list(caller.storeId, {
      limit: query.limit,
      after: after || undefined,
    });
    const shown = await Promise.all(orders.map((order) => viewOrder(on)(caller, order)));
    return { status: 200, body: { orders: shown, next: more ? orders.at(-1)?.id : undefined } };
  };
