import type { TaxRate, TaxRules } from "#functions/store/store.ts";
import type { Destination } from "#functions/values/address.ts";
import { type Fraction, fractionOf, shareOf } from "./fraction.ts";

/** The rate that holds there: the region's before the country's. None where the destination is not known yet. */
export const rateFor = (rules: TaxRules, destination: Destination | undefined): TaxRate | undefined => {
  if (!destination) return undefined;
  const rates = rules.rates.filter((rate) => rate.country === destination.country);
  const region = regionOf(destination.state, destination.country);
  return (
    rates.find((rate) => rate.region !== undefined && regionOf(rate.region, rate.country) === region) ??
    rates.find((rate) => rate.region === undefined)
  );
};

/** Addresses name a region as `ca`, `CA` or, by ISO 3166-2, `US-CA`. */
const regionOf = (region: string | undefined, country: string): string | undefined => {
  const name = region?.trim().toUpperCase();
  return name?.startsWith(`${country}-`) ? name.slice(country.length + 1) : name;
};

/** The tax of one amount: contained in it where prices include tax, else on top of it. */
export const taxOn = (amount: number, rate: TaxRate | undefined, inclusive: boolean): number => {
  if (!rate) return 0;
  const added = fractionOf(rate.rate);
  return shareOf(amount, inclusive ? contained(added) : added);
};

/** r of 1 + r: how much of a gross amount is tax. */
const contained = ({ numerator, denominator }: Fraction): Fraction => ({
  numerator,
  denominator: denominator + numerator,
});
