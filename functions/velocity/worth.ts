import { type Currency, exponentOf } from "#functions/values/money.ts";

/** How many of them a euro buys at most, to the next power of ten: near enough for limits that are wide by design. */
const perEuro: readonly (readonly [number, string])[] = [
  [1, "eur usd gbp chf kwd bhd omr jod"],
  [10, "aed aud bam bgn brl cad cny dkk fjd gel hkd ils mad myr nzd pen pln qar ron sar sgd tnd"],
  [100, "czk dop egp inr mkd mxn nok php sek thb try twd uah uyu zar"],
  [1_000, "crc huf isk jpy kes kzt lkr pkr rsd xaf xof xpf"],
  [10_000, "ars clp cop krw ngn pyg rwf tzs ugx"],
  [100_000, "idr vnd"],
];

/** So many euros in the currency's minor unit, or more. `undefined`: what it is worth is not known here. */
export const worthOf = (euros: number, currency: Currency): number | undefined => {
  const [units] = perEuro.find(([, currencies]) => currencies.split(" ").includes(currency)) ?? [];
  return units === undefined ? undefined : euros * units * 10 ** exponentOf(currency);
};
