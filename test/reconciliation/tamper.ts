import type { Order } from "#functions/order/order.ts";
import type { Key, Row, TableName } from "#functions/runtime/table.ts";
import { storeId } from "#test/examples.ts";
import type { World } from "./world.ts";

/** In [0, 1), from a seed: the same instance each time. */
export type Random = () => number;

export type Bought = Awaited<ReturnType<World["buy"]>>;

/** What it wrote wrongly, as the reconciliation has to name it, and whether an ordinary move can mend it. */
export type Injected = { readonly ids: Readonly<Record<string, unknown>>; readonly heals: boolean };
export type Inject = (world: World, bought: Bought, random: Random) => Promise<Injected>;

export const edit = async (
  { on }: World,
  table: TableName,
  key: Key,
  change: (row: Row) => object,
): Promise<void> => {
  const row = await on.table.get(table, key);
  if (!row) throw new Error(`no row ${key.pk} ${key.sk}`);
  const { pk: _, sk: __, ...rest } = { ...row, ...change(row) } as Row;
  await on.table.commit([{ table, key, change: { put: rest } }]);
};
export const drop = ({ on }: World, table: TableName, key: Key): Promise<void> =>
  on.table.commit([{ table, key, change: { remove: true } }]);

export const orderOf = async ({ shop }: World, { orderId }: Bought): Promise<Order> => {
  const order = await shop.orders.get(storeId, orderId);
  if (!order) throw new Error("no order");
  return order;
};
export const intentOf = (world: World, order: Order) => {
  const intent = world.stripe.state.get("intent", order.payment.paymentIntentId ?? "");
  if (!intent) throw new Error("no PaymentIntent");
  return intent;
};
export const bend = (world: World, order: Order, change: object): void =>
  world.stripe.state.put("intent", { ...intentOf(world, order), ...change });

export const oneOf = <Of>(random: Random, of: readonly Of[]): Of =>
  of[Math.floor(random() * of.length)] as Of;
export const between = (random: Random, least: number, most: number) =>
  least + Math.floor(random() * (most - least + 1));

export const named = (ids: Injected["ids"], heals: boolean): Injected => ({ ids, heals });
