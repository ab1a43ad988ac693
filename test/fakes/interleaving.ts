import type { Stripe } from "#functions/payment/stripe.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { Killed } from "./run-workflow.ts";

type Clock = { now(): number; advance(milliseconds: number): void };
type Turn = { readonly notBefore: number; readonly dead: () => boolean; go(): void; die(): void };

/** A handler hands on the name only. */
export const isDeath = (error: unknown): boolean => error instanceof Error && error.name === "Killed";

/**
 * Processes that take turns: each waits before and after every call to the outside, and whose turn is next a seed
 * decides. Time passes between turns. A process whose time is up is dead: nothing that it does reaches the outside.
 * `choose(n)` is a whole number from 0 to n - 1.
 */
export const interleaving = (clock: Clock, choose: (count: number) => number) => {
  const waiting: Turn[] = [];
  const tasks: Promise<unknown>[] = [];
  let failure: unknown;

  const turn = (notBefore = 0, dead = () => false) =>
    new Promise<void>((go, failed) => {
      waiting.push({ notBefore, dead, go, die: () => failed(new Killed("its time is up")) });
    });

  /** Now and then a container stands still for a while, and wakes up to a world that has moved on. */
  const frozen = (): number => (choose(10) === 0 ? choose(30_000) : 0);

  /** The same platform as a process sees it that lives for so long. */
  const living = <Process extends Platform & { stripe: Stripe }>(
    process: Process,
    lifetime: number,
    pause = frozen,
  ): Process => {
    const end = clock.now() + lifetime;
    const dead = () => clock.now() >= end;
    const through =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        await turn(clock.now() + pause(), dead);
        const result = await call(...args);
        await turn(0, dead);
        return result;
      };
    const { table, stripe } = process;
    return {
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
    };
  };

  /** Begins something that others may overtake. Dying is no failure, and neither is what `ignore` knows. */
  const begin = (task: () => Promise<unknown>, ignore: (error: unknown) => boolean = () => false): void => {
    tasks.push(
      task().catch((error: unknown) => {
        if (!isDeath(error) && !ignore(error)) failure ??= error;
      }),
    );
  };

  /** Whose turn it is; nobody's, while all wait for a moment that has not come. */
  const next = (): Turn | undefined => {
    const ready = waiting.filter(({ notBefore }) => notBefore <= clock.now());
    return ready[choose(Math.max(1, ready.length))];
  };

  const take = (chosen: Turn): void => {
    waiting.splice(waiting.indexOf(chosen), 1);
    if (chosen.dead()) chosen.die();
    else chosen.go();
    if (choose(10) === 0) clock.advance(choose(2_000));
  };

  /** Until nobody waits any more. */
  const run = async (): Promise<void> => {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const chosen = next();
      if (chosen) take(chosen);
      else clock.advance(Math.min(...waiting.map(({ notBefore }) => notBefore)) - clock.now());
      await new Promise(setImmediate);
    }
    await Promise.all(tasks);
    if (failure !== undefined) throw failure;
  };

  return { living, prompt: () => 0, begin, run, until: (moment: number) => turn(moment) };
};
