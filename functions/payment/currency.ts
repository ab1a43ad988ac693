import { type Currency, displayMoney, exponentOf } from "#functions/values/money.ts";

/**
 * Where Stripe counts otherwise than ISO 4217, and its documented smallest charges, in Stripe's units
 * (docs.stripe.com/currencies). A currency that is not here follows ISO and has no documented minimum: it must
 * only be worth enough in the currency that the account settles in, which Stripe alone can judge.
 */
const rules: Readonly<Record<Currency, Rule | undefined>> = {
  aed: { minimum: 200 },
  aud: { minimum: 50 },
  bgn: { minimum: 100 },
  brl: { minimum: 50 },
  cad: { minimum: 50 },
  chf: { minimum: 50 },
  czk: { minimum: 1_500 },
  dkk: { minimum: 250 },
  eur: { minimum: 50 },
  gbp: { minimum: 30 },
  hkd: { minimum: 400 },
  huf: { minimum: 17_500 },
  inr: { minimum: 50 },
  jpy: { minimum: 50 },
  mxn: { minimum: 1_000 },
  myr: { minimum: 200 },
  nok: { minimum: 300 },
  nzd: { minimum: 50 },
  pln: { minimum: 200 },
  ron: { minimum: 200 },
  sek: { minimum: 300 },
  sgd: { minimum: 50 },
  thb: { minimum: 1_000 },
  usd: { minimum: 50 },
  // Without decimals, yet Stripe wants two of them, both zero.
  isk: { exponent: 2, step: 100 },
  ugx: { exponent: 2, step: 100 },
  // Two decimals by ISO, none at Stripe.
  mga: { exponent: 0 },
  // Card networks carry two decimals of the three.
  bhd: { step: 10 },
  jod: { step: 10 },
  kwd: { step: 10 },
  omr: { step: 10 },
  tnd: { step: 10 },
};
type Rule = { readonly exponent?: 0 | 2 | 3; readonly step?: number; readonly minimum?: number };

export type Chargeable =
  | { ok: true }
  | {
      ok: false;
      problem: "below_minimum" | "not_a_multiple";
      /** For people: the smallest amount that can be charged. */
      minimum: string;
      /** For people: what the amount must be a multiple of. */
      step: string;
    };

/** Whether Stripe takes this amount, in our minor units. Nothing is charged for 0, so it always may be. */
export const chargeable = (amount: number, currency: Currency): Chargeable => {
  if (amount === 0) return { ok: true };
  const inStripeUnits = amount * factorOf(currency);
  const { step, minimum } = ruleOf(currency);
  if (inStripeUnits % step === 0 && inStripeUnits >= minimum) return { ok: true };
  const shown = (units: number) => displayMoney(Math.ceil(units / factorOf(currency)), currency);
  return {
    ok: false,
    problem: inStripeUnits < minimum ? "below_minimum" : "not_a_multiple",
    minimum: shown(Math.ceil(minimum / step) * step),
    step: shown(step),
  };
};

/** Our minor units in Stripe's. Only for amounts that are `chargeable`. */
export const toStripeAmount = (amount: number, currency: Currency): number => {
  const inStripeUnits = amount * factorOf(currency);
  if (!Number.isInteger(inStripeUnits) || !chargeable(amount, currency).ok)
    throw new Error(`${amount} ${currency} cannot be charged`);
  return inStripeUnits;
};

/** The same for a refund: of a charge any part may go back, however small. */
export const toStripeRefund = (amount: number, currency: Currency): number => {
  if (amount < 1 || amount % refundStepOf(currency) !== 0)
    throw new Error(`${amount} ${currency} cannot be refunded`);
  return Math.round(amount * factorOf(currency));
};

/** What a refund has to be a multiple of, in our minor units. */
export const refundStepOf = (currency: Currency): number =>
  Math.max(1, Math.round(ruleOf(currency).step / factorOf(currency)));

/** Stripe's units in our minor units, for amounts that others chose: what is left of a unit counts as a whole one. */
export const fromStripeAmount = (inStripeUnits: number, currency: Currency): number => {
  const shift = (rules[currency]?.exponent ?? exponentOf(currency)) - exponentOf(currency);
  return shift < 0 ? inStripeUnits * 10 ** -shift : Math.ceil(inStripeUnits / 10 ** shift);
};

/** Smallest charge and step in Stripe's units. */
export const ruleOf = (currency: Currency): { readonly step: number; readonly minimum: number } => {
  const { step = 1, minimum = step } = rules[currency] ?? {};
  return { step, minimum };
};

const factorOf = (currency: Currency): number =>
  10 ** ((rules[currency]?.exponent ?? exponentOf(currency)) - exponentOf(currency));
