import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { MinorUnits } from "#functions/values/money.ts";
import { allocate, shareOf } from "./fraction.ts";

/** Case does not matter: codes are stored and compared in upper case. */
export const DiscountCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { error: "must be 1 to 64 of A-Z 0-9 _ -" })
  .toUpperCase();

/** Percent with at most two decimals: `12.5` is an eighth off. */
export const PercentOff = z
  .number()
  .positive()
  .max(100)
  .refine((percent) => Math.round(percent * 100) / 100 === percent, {
    error: "must have at most two decimals",
  });

const terms = {
  code: DiscountCode,
  /** What the buyer reads; the code where it is absent. */
  name: z.string().min(1).max(128).optional(),
  /** The items' amount, before any discount, from which on the code is worth something. */
  minimumSubtotal: MinorUnits.optional(),
  startsAt: Instant.optional(),
  /** The first moment at which it is no longer accepted. */
  expiresAt: Instant.optional(),
  /** How many orders may use it. */
  usageLimit: z.int().min(1).max(1_000_000_000).optional(),
};

export const PercentDiscount = z.strictObject({
  ...terms,
  kind: z.literal("percent"),
  percentOff: PercentOff,
});
export const FixedDiscount = z.strictObject({
  ...terms,
  kind: z.literal("fixed"),
  amountOff: MinorUnits.min(1),
});

/** A code that takes something off the items, never off the fulfillment. */
export const Discount = z.discriminatedUnion("kind", [PercentDiscount, FixedDiscount]);
export type Discount = z.infer<typeof Discount>;

export const DiscountRefusal = z.enum([
  "discount_code_expired",
  "discount_code_invalid",
  "discount_code_already_applied",
  "discount_code_combination_disallowed",
  "discount_code_minimum_not_met",
  "discount_code_usage_limit_reached",
]);
export type DiscountRefusal = z.infer<typeof DiscountRefusal>;

/** What was found for each code that a buyer named, in that order; what was not found says why. */
export type DiscountFound = Discount | { readonly code: string; readonly reason: DiscountRefusal };

export const AppliedDiscount = z.object({
  code: z.string(),
  name: z.string(),
  percentOff: z.number().optional(),
  amountOff: MinorUnits.optional(),
  amount: MinorUnits,
  /** What each line, by its place in `lines`, gets of it; sums to `amount`. */
  allocations: z.array(MinorUnits),
  /** Uses are counted only where they are limited: whoever takes a use, and gives it back, goes by this. */
  usageLimit: z.int().optional(),
});
export type AppliedDiscount = z.infer<typeof AppliedDiscount>;

export const RejectedDiscount = z.object({
  code: z.string(),
  reason: DiscountRefusal,
  /** Its place in the list of codes that the buyer named. */
  at: z.int().nonnegative(),
});
export type RejectedDiscount = z.infer<typeof RejectedDiscount>;

export type DiscountableLine = { readonly base: number; readonly rank: string };

/**
 * One percent code and one fixed code combine, the percent first; of two of a kind the first named counts.
 * The fixed one takes at most what the percent one left.
 */
export const applyDiscounts = (
  found: readonly DiscountFound[],
  lines: readonly DiscountableLine[],
  now: Instant,
): { applied: AppliedDiscount[]; rejected: RejectedDiscount[] } => {
  const { accepted, rejected } = judged(found, sum(lines.map((line) => line.base)), now);
  const applied: AppliedDiscount[] = [];
  for (const discount of accepted.toSorted((left, right) => order[left.kind] - order[right.kind])) {
    const left = lines.map((line, at) => line.base - sum(applied.map((each) => each.allocations[at] ?? 0)));
    const amount = amountOf(discount, sum(left));
    const ranks = lines.map((line) => line.rank);
    applied.push({ ...shown(discount), amount, allocations: allocate(amount, left, ranks) });
  }
  return { applied, rejected };
};

const order = { percent: 0, fixed: 1 } as const satisfies Record<Discount["kind"], number>;

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

const judged = (found: readonly DiscountFound[], itemsBase: number, now: Instant) => {
  const accepted: Discount[] = [];
  const rejected: RejectedDiscount[] = [];
  for (const [at, each] of found.entries()) {
    const reason = "reason" in each ? each.reason : refusalOf(each, accepted, itemsBase, now);
    if (reason) rejected.push({ code: each.code, reason, at });
    else if ("kind" in each) accepted.push(each);
  }
  return { accepted, rejected };
};

const refusalOf = (
  discount: Discount,
  accepted: readonly Discount[],
  itemsBase: number,
  now: Instant,
): DiscountRefusal | undefined => {
  if (accepted.some(({ code }) => code === discount.code)) return "discount_code_already_applied";
  // A code whose time has not come looks like one that does not exist: the store may not have announced it.
  if (discount.startsAt !== undefined && now < discount.startsAt) return "discount_code_invalid";
  if (discount.expiresAt !== undefined && now >= discount.expiresAt) return "discount_code_expired";
  if (itemsBase < (discount.minimumSubtotal ?? 0)) return "discount_code_minimum_not_met";
  if (accepted.some(({ kind }) => kind === discount.kind)) return "discount_code_combination_disallowed";
  return undefined;
};

const amountOf = (discount: Discount, left: number): number =>
  discount.kind === "fixed"
    ? Math.min(discount.amountOff, left)
    : shareOf(left, { numerator: BigInt(Math.round(discount.percentOff * 100)), denominator: 10_000n });

const shown = (discount: Discount) => ({
  code: discount.code,
  name: discount.name ?? discount.code,
  ...(discount.kind === "percent" ? { percentOff: discount.percentOff } : { amountOff: discount.amountOff }),
  ...(discount.usageLimit === undefined ? {} : { usageLimit: discount.usageLimit }),
});
