import type { Stripe } from "#functions/payment/stripe.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { Killed } from "./run-workflow.ts";

/** Where a process dies: at its `call`-th call to the outside, before or after it had its effect. */
export type Death = { readonly call: number; readonly when: "before" | "after" };

/**
 * The same tables and the same Stripe, seen by a process that dies: from its death on, nothing that it does
 * reaches the outside. `calls()` tells how many it made, so that a test can walk all of them.
 */
export const mortal = <Process extends Platform & { stripe: Stripe }>(process: Process, death?: Death) => {
  let calls = 0;
  let dead = false;
  /** Counts the call, and says whether the process dies at it. */
  const dies = (): boolean => {
    if (dead) throw new Killed("dead");
    calls += 1;
    dead = calls === death?.call;
    return dead;
  };
  const through =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const dying = dies();
      if (dying && death?.when === "before") throw new Killed("died before the call");
      const result = await call(...args);
      if (dying) throw new Killed("died after the call");
      return result;
    };
  const { table, stripe } = process;
  return {
    process: {
      ...process,
      table: {
        ...table,
        get: through(table.get),
        query: through(table.query),
        commit: through(table.commit),
        tally: through(table.tally),
      },
      stripe: Object.fromEntries(
        Object.entries(stripe).map(([name, call]) => [name, through(call as () => Promise<unknown>)]),
      ) as unknown as Stripe,
    },
    calls: () => calls,
    died: () => dead,
  };
};
