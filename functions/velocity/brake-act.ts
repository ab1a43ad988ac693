import { windowAt } from "#functions/runtime/counter.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Table } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { CheckoutId, OrderId } from "#functions/values/id.ts";
import { tellBrake } from "./tell-brake.ts";
import { countOnce, isFull } from "./velocity.store.ts";
import {
  type Braked,
  type BrakeName,
  brakes,
  counterOf,
  type Limits,
  limitOf,
  type RuleName,
  rules,
  type Subjects,
} from "./velocity.ts";

/** What somebody is about to do. */
export type Act = {
  /** The same for the same request again. */
  readonly id: string;
  readonly subjects: Subjects;
  /** What the store set for itself. */
  readonly limits: Limits | undefined;
  readonly livemode: boolean;
  readonly about:
    | { readonly checkoutId: CheckoutId }
    | { readonly orderId: OrderId }
    | { readonly domain: string };
};

/** Answers which rule forbids it for now; nothing: it is counted and may be done. */
export type BrakeAct = (brake: BrakeName, act: Act) => Promise<Braked | undefined>;

export type Brakes = {
  table: Pick<Table, "get" | "tally" | "commit">;
  now: Clock;
  log: Pick<Log, "info" | "warn">;
  limitFactor: number;
};

/**
 * Counts what is about to be done and refuses it where a rule is full, which the store's integrations hear. A counter
 * that does not answer lets through: it moves no money by itself, and a sale that is lost is lost for sure.
 */
export const brakeAct =
  (on: Brakes): BrakeAct =>
  async (brake, act) => {
    const now = on.now();
    const { looksAt, counts } = brakes[brake];
    const [narrow = [], ...wider] = counts;
    const asks = {
      look: (rule: RuleName) => ask(on, act, now, rule, async (...of) => isFull(on.table, ...of)),
      count: (rule: RuleName) =>
        ask(on, act, now, rule, async (...of) => (await countOnce(on.table, ...of)) === "full"),
    };
    let full = first(await Promise.all([...looksAt.map(asks.look), ...narrow.map(asks.count)]));
    for (const each of wider) full ??= first(await Promise.all(each.map(asks.count)));
    if (full) await tellBrake(on)(act, full);
    return full;
  };

const first = (found: readonly (Braked | undefined)[]): Braked | undefined =>
  found.find((each) => each !== undefined);

type Ask = (
  counter: NonNullable<ReturnType<typeof counterOf>>,
  of: { id: string; limit: number; now: Instant },
) => Promise<boolean>;

const ask = async (
  on: Brakes,
  { id, subjects, limits }: Act,
  now: Instant,
  rule: RuleName,
  isFullNow: Ask,
): Promise<Braked | undefined> => {
  const counter = counterOf(rule, subjects);
  if (!counter) return undefined;
  const limit = limitOf(rule, limits, on.limitFactor);
  try {
    if (!(await isFullNow(counter, { id, limit, now }))) return undefined;
    return { rule, limit, endsAt: windowAt(rules[rule].within, now).endsAt };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    on.log.warn("a rule was not asked", { reason: rule, storeId: subjects.storeId });
    return undefined;
  }
};
