import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { type Discount, FixedDiscount, PercentDiscount } from "#functions/pricing/discount.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type Clock, Instant, toIso } from "#functions/values/clock.ts";
import { distinct } from "#functions/values/distinct.ts";
import { putDiscount } from "./discount.store.ts";

const Moment = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .pipe(Instant);
const given = { startsAt: Moment.optional(), expiresAt: Moment.optional() };

const DiscountBody = z
  .discriminatedUnion("kind", [
    z.strictObject({ ...PercentDiscount.shape, ...given }),
    z.strictObject({ ...FixedDiscount.shape, ...given }),
  ])
  .refine(({ startsAt, expiresAt }) => (startsAt ?? 0) < (expiresAt ?? Number.POSITIVE_INFINITY), {
    error: "expiresAt must be after startsAt",
    path: ["expiresAt"],
  });

/** As many as one transaction holds beside the record of the act. */
export const PutDiscounts = z.strictObject({
  discounts: z
    .array(DiscountBody)
    .min(1)
    .max(99)
    .check(distinct("code", ({ code }) => code)),
});
export type PutDiscounts = z.infer<typeof PutDiscounts>;

const shown = { startsAt: z.iso.datetime().optional(), expiresAt: z.iso.datetime().optional() };

export const DiscountsAnswer = z.object({
  discounts: z.array(
    z.discriminatedUnion("kind", [
      z.object({ ...PercentDiscount.shape, ...shown }),
      z.object({ ...FixedDiscount.shape, ...shown }),
    ]),
  ),
});

/** Creates or replaces codes, all or none. Uses already taken go on counting against the new limit. */
export const putDiscounts =
  (on: { table: Pick<Table, "commit">; now: Clock }) =>
  async (asked: { caller: Caller; body: PutDiscounts; request: RequestFacts }): Promise<Answer> => {
    const { caller, body } = asked;
    await on.table.commit([
      actOfKey(asked, {
        action: "discounts.put",
        decidedBy: "store:write",
        at: on.now(),
        about: { codes: body.discounts.map(({ code }) => code).join(",") },
      }),
      ...body.discounts.map((discount) => putDiscount(caller.storeId, discount)),
    ]);
    return { status: 200, body: { discounts: body.discounts.map(answered) } };
  };

const answered = ({ startsAt, expiresAt, ...discount }: Discount) => ({
  ...discount,
  ...(startsAt === undefined ? {} : { startsAt: toIso(startsAt) }),
  ...(expiresAt === undefined ? {} : { expiresAt: toIso(expiresAt) }),
});
