import { z } from "zod";

/** ISO 4217, lower case as ACP and Stripe write it. */
export const Currency = z
  .string()
  .regex(/^[a-z]{3}$/, { error: "must be three lower-case letters (ISO 4217)" });
export type Currency = z.infer<typeof Currency>;

/** An amount in the currency's minor unit (ISO 4217 exponent): 1999 eur is €19.99. Never a float. */
export const MinorUnits = z.int().nonnegative().max(99_999_999_999);
export type MinorUnits = z.infer<typeof MinorUnits>;

const zeroDecimal = new Set("bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf".split(" "));
const threeDecimal = new Set("bhd iqd jod kwd lyd omr tnd".split(" "));

/** How many decimals the currency has: 0, 2 or 3 (ISO 4217). */
export const exponentOf = (currency: Currency): 0 | 2 | 3 => {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
};

/** For people: `1999 eur` → `19.99 EUR`. */
export const displayMoney = (amount: number, currency: Currency): string =>
  `${(amount / 10 ** exponentOf(currency)).toFixed(exponentOf(currency))} ${currency.toUpperCase()}`;
