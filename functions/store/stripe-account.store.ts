import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Store } from "./store.ts";

/** Absent `stripeAccount`: the operator's own. */
type Account = Pick<Store, "livemode" | "stripeAccount">;

const keyOf = ({ livemode, stripeAccount = "own" }: Account): Key => ({
  pk: `stripe-account#${livemode ? "live" : "test"}#${stripeAccount}`,
  sk: "stripe-account",
});

/** A store of ours sells on it, and may have: what was paid there stays there when the store goes on elsewhere. */
export const usedAccount = (account: Account): Write => ({
  table: "access",
  key: keyOf(account),
  change: { put: {} },
});

export const isUsedAccount = async (table: Pick<Table, "get">, account: Account): Promise<boolean> =>
  (await table.get("access", keyOf(account))) !== undefined;
