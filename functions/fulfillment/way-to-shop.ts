import { toldOnRecord } from "#functions/audit/record-told.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import { moved, type Order } from "#functions/order/order.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { Connection } from "./connection.ts";
import type { Way } from "./connector.ts";

type Shows = { readonly table: Pick<Table, "commit">; readonly now: Clock };

/**
 * An order's way to a shop, and the order as it stands after it. That the shop is shown who bought is on record once,
 * with the order that says so; a repeat tells it nothing new.
 */
export const wayToShop = (on: Shows, order: Order, connection: Connection): Way & { order(): Order } => {
  let known = order;
  return {
    connection,
    order: () => known,
    shows: async () => {
      if (known.shop?.shownTo === connection.createdAt) return true;
      const at = on.now();
      const shop = { ...known.shop, shownTo: connection.createdAt };
      const after = moved(known, known.status, at, { shop });
      const lost = await tryCommit(on.table, [savedOrder(known, after), onRecord(known, connection, at)]);
      if (lost.length === 0) known = after;
      return lost.length === 0;
    },
  };
};

const onRecord = ({ id, storeId, epoch }: Order, { kind, url, ownerId }: Connection, at: number) =>
  toldOnRecord({
    orderId: id,
    by: { requestId: `${id}#${epoch}`, principalId: ownerId },
    storeId,
    at,
    decidedBy: "connections:write",
    about: { kind, host: new URL(url).hostname },
  });
