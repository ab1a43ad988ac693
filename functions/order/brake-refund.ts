import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import type { Store } from "#functions/store/store.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import type { BrakeAct } from "#functions/velocity/brake-act.ts";
import { refusalFor } from "#functions/velocity/refusal.ts";
import type { Order } from "./order.ts";

export type BrakesRefunds = {
  stores: { get(storeId: StoreId): Promise<Store | undefined> };
  brake: BrakeAct;
  now: Clock;
};

/** Before an order is asked to give money back, wholly or in part; the same request again counts once. */
export const brakeRefund =
  (on: BrakesRefunds) =>
  async (
    { principalId }: Caller,
    { id: orderId, storeId, livemode }: Order,
    { scope, key }: IdempotencyRequest,
  ): Promise<void> => {
    const store = await on.stores.get(storeId);
    const braked = await on.brake("refund", {
      id: `${scope} ${key}`,
      subjects: { storeId, principalId },
      limits: store?.limits,
      livemode,
      about: { orderId },
    });
    if (braked) throw refusalFor("Nothing was given back.", braked.endsAt, on.now());
  };
