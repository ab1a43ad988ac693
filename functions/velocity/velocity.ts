import { z } from "zod";
import type { Counter } from "#functions/runtime/counter.ts";
import { hours, type Instant, minutes } from "#functions/values/clock.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { type Currency, MinorUnits } from "#functions/values/money.ts";
import { worthOf } from "./worth.ts";

type Rule = {
  readonly counts: "completions" | "declines" | "refunds" | "domains";
  readonly per: "address" | "principal" | "store";
  /** At most a day: what is counted is no memory of anybody. */
  readonly within: number;
  readonly limit: number;
};

/** So much of it may happen to one of them within a window; then it is refused until the window ends. */
export const rules = {
  /** A buyer, or whoever lets others pay for parcels to one door. */
  completions_per_address: { counts: "completions", per: "address", within: hours(1), limit: 20 },
  completions_per_principal: { counts: "completions", per: "principal", within: minutes(10), limit: 600 },
  completions_per_store: { counts: "completions", per: "store", within: minutes(10), limit: 1_500 },
  /** Who tries stolen cards is declined again and again, whatever the amount. */
  declines_per_address: { counts: "declines", per: "address", within: hours(1), limit: 6 },
  declines_per_principal: { counts: "declines", per: "principal", within: hours(1), limit: 60 },
  declines_per_store: { counts: "declines", per: "store", within: hours(1), limit: 200 },
  /** A key in wrong hands, or a program that runs wild; cancellations give money back, too. */
  refunds_per_store: { counts: "refunds", per: "store", within: hours(1), limit: 100 },
  /** Names that a store never had before: a key in wrong hands makes itself at home. */
  domains_per_store: { counts: "domains", per: "store", within: hours(24), limit: 10 },
} as const satisfies Record<string, Rule>;
export type CountName = keyof typeof rules;

type Sum = { readonly beside: CountName; readonly euros: number };

/**
 * What the purchases that a rule counts come to, in its own row. The one that passes it is let through, so none is too
 * large for ever; those after it are refused until the window ends.
 */
export const sums = {
  /** Stolen cards go for what is dear. As many purchases as may be, at 2,500 euros. */
  amount_per_address: { beside: "completions_per_address", euros: 50_000 },
  /** …at 500 euros. */
  amount_per_principal: { beside: "completions_per_principal", euros: 300_000 },
} as const satisfies Record<string, Sum>;
type SumName = keyof typeof sums;

export type RuleName = CountName | SumName;
export const ruleNames = [...Object.keys(rules), ...Object.keys(sums)] as readonly RuleName[];

const isSum = (name: RuleName): name is SumName => name in sums;
export const ruleOf = (name: RuleName): Rule => rules[isSum(name) ? sums[name].beside : name];
export const sumBeside = (name: CountName): SumName | undefined =>
  (Object.keys(sums) as SumName[]).find((each) => sums[each].beside === name);

type Brake = {
  /** What was counted elsewhere. */
  readonly looksAt: readonly CountName[];
  /** The narrow before the wide: what an agent is refused must not use up what all agents of a store share. */
  readonly counts: readonly (readonly CountName[])[];
};

/** Which rules stand before what. */
export const brakes = {
  purchase: {
    looksAt: ["declines_per_address", "declines_per_principal", "declines_per_store"],
    counts: [["completions_per_address", "completions_per_principal"], ["completions_per_store"]],
  },
  refund: { looksAt: [], counts: [["refunds_per_store"]] },
  domain: { looksAt: [], counts: [["domains_per_store"]] },
} as const satisfies Record<string, Brake>;
export type BrakeName = keyof typeof brakes;

const Times = z.int().min(1).max(1_000_000).optional();
const Amount = MinorUnits.min(1).optional();

/** What a store sets instead, by the rule's name; amounts in the minor unit of its currency. */
export const Limits = z.strictObject(
  Object.fromEntries(ruleNames.map((name) => [name, isSum(name) ? Amount : Times])) as Record<
    RuleName,
    typeof Times
  >,
);
export type Limits = z.infer<typeof Limits>;

export const limitOf = (rule: CountName, limits: Limits | undefined, factor: number): number =>
  limits?.[rule] ?? Math.ceil(rules[rule].limit * factor);

/** `undefined`: none, since the store set none and what its currency is worth is not known. */
export const sumLimitOf = (
  sum: SumName,
  limits: Limits | undefined,
  { currency, factor }: { readonly currency: Currency; readonly factor: number },
): number | undefined => {
  const worth = worthOf(sums[sum].euros, currency);
  return limits?.[sum] ?? (worth === undefined ? undefined : Math.ceil(worth * factor));
};

/** Whom it is counted to. */
export type Subjects = {
  readonly storeId: StoreId;
  readonly principalId: PrincipalId;
  /** A mark that is another one every day (`mark-address.ts`). */
  readonly address?: string | undefined;
};

/** `undefined`: there is nobody to count it to. */
export const counterOf = (
  rule: RuleName,
  { storeId, principalId, address }: Subjects,
): Counter | undefined => {
  const { counts, per, within } = ruleOf(rule);
  const whose = { store: storeId, principal: principalId, address }[per];
  return whose === undefined ? undefined : { of: `${storeId}#${per}#${whose}`, counts, within };
};

/** A rule that is full, and until when. */
export type Braked = { readonly rule: RuleName; readonly limit: number; readonly endsAt: Instant };

/** How a step says so. */
export const velocityExceeded = "velocity_exceeded";
