import { type Counter, windowAt } from "#functions/runtime/counter.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Table } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { CheckoutId, OrderId } from "#functions/values/id.ts";
import type { Currency } from "#functions/values/money.ts";
import { tellBrake } from "./tell-brake.ts";
import { countOnce, isFull, type Occurrence } from "./velocity.store.ts";
import {
  type Braked,
  type BrakeName,
  brakes,
  type CountName,
  counterOf,
  type Limits,
  limitOf,
  type Subjects,
  sumBeside,
  sumLimitOf,
} from "./velocity.ts";

/** What somebody is about to do. */
export type Act = {
  /** The same for the same request again. */
  readonly id: string;
  readonly subjects: Subjects;
  /** Of a purchase. */
  readonly comesTo?: { readonly amount: number; readonly currency: Currency };
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
      look: (rule: CountName) =>
        ask(on, act, now, rule, async (...of) => ((await isFull(on.table, ...of)) ? "full" : "counted")),
      count: (rule: CountName) => ask(on, act, now, rule, (...of) => countOnce(on.table, ...of)),
    };
    let full = first(await Promise.all([...looksAt.map(asks.look), ...narrow.map(asks.count)]));
    for (const each of wider) full ??= first(await Promise.all(each.map(asks.count)));
    if (full) await tellBrake(on)(act, full);
    return full;
  };

const first = (found: readonly (Braked | undefined)[]): Braked | undefined =>
  found.find((each) => each !== undefined);

type Ask = (counter: Counter, of: Occurrence & { readonly limit: number }) => ReturnType<typeof countOnce>;

const ask = async (
  on: Brakes,
  act: Act,
  now: Instant,
  rule: CountName,
  isFullNow: Ask,
): Promise<Braked | undefined> => {
  const { id, subjects, limits } = act;
  const counter = counterOf(rule, subjects);
  if (!counter) return undefined;
  const limit = limitOf(rule, limits, on.limitFactor);
  const sum = sumOf(on, act, rule);
  try {
    const found = await isFullNow(counter, { id, limit, sum, now });
    if (found === "counted") return undefined;
    const full =
      found === "dear" && sum?.limit !== undefined ? { ...sum, limit: sum.limit } : { rule, limit };
    return { rule: full.rule, limit: full.limit, endsAt: windowAt(counter.within, now).endsAt };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    on.log.warn("a rule was not asked", { reason: rule, storeId: subjects.storeId });
    return undefined;
  }
};

const sumOf = ({ limitFactor: factor }: Brakes, { limits, comesTo }: Act, beside: CountName) => {
  const rule = sumBeside(beside);
  if (!(rule && comesTo)) return undefined;
  const { amount, currency } = comesTo;
  return { rule, amount, limit: sumLimitOf(rule, limits, { currency, factor }) };
};
