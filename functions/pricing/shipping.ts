import { z } from "zod";
import type { ShippingOption, TaxRate } from "#functions/store/store.ts";
import type { Destination } from "#functions/values/address.ts";
import { MinorUnits } from "#functions/values/money.ts";
import { taxOn } from "./tax.ts";

export const PricedOption = z.object({
  id: z.string(),
  type: z.enum(["shipping", "digital"]),
  title: z.string(),
  description: z.string().optional(),
  carrier: z.string().optional(),
  deliveryDays: z.object({ earliest: z.int(), latest: z.int() }).optional(),
  /** As shown: with the tax where taxes are inclusive. */
  amount: MinorUnits,
  tax: MinorUnits,
  total: MinorUnits,
});
export type PricedOption = z.infer<typeof PricedOption>;

export type Delivery = {
  readonly lines: readonly { readonly digital: boolean }[];
  readonly destination: Destination | undefined;
  readonly shippingOptions: readonly ShippingOption[];
  /** Of the items, discounts taken off: what `freeFrom` is compared with. */
  readonly subtotal: number;
  readonly rate: TaxRate | undefined;
  readonly inclusive: boolean;
};

/** Downloads alone need no carrier and no address: one option, free. Anything physical is shipped, whole. */
export const optionsFor = (delivery: Delivery): PricedOption[] =>
  delivery.lines.every((line) => line.digital)
    ? [{ id: "digital", type: "digital", title: "Digital delivery", amount: 0, tax: 0, total: 0 }]
    : reaching(delivery).map((option) => priced(option, delivery));

/** The option that was chosen, if it still fits; else the cheapest, the faster and then the first of equals. */
export const selectOption = (
  options: readonly PricedOption[],
  selectedId: string | undefined,
): PricedOption | undefined =>
  options.find((option) => option.id === selectedId) ??
  options.toSorted((left, right) => left.total - right.total || slowest(left) - slowest(right))[0];

const slowest = (option: PricedOption): number => option.deliveryDays?.latest ?? 1_000;

/** `"*"` is everywhere else: it counts only where no option names the country. */
const reaching = ({ destination, shippingOptions }: Delivery): readonly ShippingOption[] => {
  if (!destination) return [];
  const named = shippingOptions.filter(
    ({ countries }) => countries !== "*" && countries.includes(destination.country),
  );
  return named.length > 0 ? named : shippingOptions.filter(({ countries }) => countries === "*");
};

const priced = (option: ShippingOption, { subtotal, rate, inclusive }: Delivery): PricedOption => {
  const { countries: _, freeFrom, ...shown } = option;
  const amount = freeFrom !== undefined && subtotal >= freeFrom ? 0 : option.amount;
  const tax = rate?.shippingTaxed ? taxOn(amount, rate, inclusive) : 0;
  return { ...shown, type: "shipping", amount, tax, total: inclusive ? amount : amount + tax };
};
