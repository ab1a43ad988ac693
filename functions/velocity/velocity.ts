import { z } from "zod";
import type { Counter } from "#functions/runtime/counter.ts";
import { hours, type Instant, minutes } from "#functions/values/clock.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";

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
export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as readonly RuleName[];

type Brake = {
  /** What was counted elsewhere. */
  readonly looksAt: readonly RuleName[];
  /** The narrow before the wide: what an agent is refused must not use up what all agents of a store share. */
  readonly counts: readonly (readonly RuleName[])[];
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

const Limit = z.int().min(1).max(1_000_000).optional();

/** What a store sets instead, by the rule's name. */
export const Limits = z.strictObject(
  Object.fromEntries(ruleNames.map((name) => [name, Limit])) as Record<RuleName, typeof Limit>,
);
export type Limits = z.infer<typeof Limits>;

export const limitOf = (rule: RuleName, limits: Limits | undefined, factor: number): number =>
  limits?.[rule] ?? Math.ceil(rules[rule].limit * factor);

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
  const { counts, per, within } = rules[rule];
  const whose = { store: storeId, principal: principalId, address }[per];
  return whose === undefined ? undefined : { of: `${storeId}#${per}#${whose}`, counts, within };
};

/** A rule that is full, and until when. */
export type Braked = { readonly rule: RuleName; readonly limit: number; readonly endsAt: Instant };

/** How a step says so. */
export const velocityExceeded = "velocity_exceeded";
