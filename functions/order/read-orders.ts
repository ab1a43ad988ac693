import { z } from "zod";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Operation } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { OrderId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { OrderStore } from "./order.store.ts";
import type { Order } from "./order.ts";
import { viewOrder } from "./order-view.ts";
import type { orderRoutes } from "./routes.ts";

type Reads = { orders: Pick<OrderStore, "get">; envelope: Envelope };

export const OrderParams = z.strictObject({ id: z.string() });

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
