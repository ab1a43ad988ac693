import { everErased } from "#functions/customer/erasure.store.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { killedAllTokens } from "#functions/store/token-switch.store.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { proveLedger } from "./prove-ledger.ts";
import { readEnded } from "./read-ended.ts";
import type { Since } from "./rule.ts";

/** All that a row of the copy is judged by; refused where the ledger is not whole. */
export const lookBack = async (
  on: { table: Table; now: Clock },
  asked: { to: Instant; isWhole: boolean },
): Promise<Since> => {
  const ended = await readEnded(on.table, asked);
  await proveLedger(on.table, ended);
  const killed = ended.last.get("tokens#all");
  // The switch itself may be younger than the copy.
  if (killed?.action === "tokens.killed") await tryCommit(on.table, [killedAllTokens(killed.at)]);
  const erased = await everErased(on.table);
  return {
    ended,
    erased: new Map(erased.map(({ checkoutId, erasedAt }) => [checkoutId, erasedAt])),
    now: on.now(),
    table: on.table,
  };
};
