import fc from "fast-check";

/** Issuer prefixes with the length of a card of theirs: each brand that is in use. */
const brands: [string, number][] = [
  ["4", 16],
  ["4", 19],
  ["51", 16],
  ["55", 16],
  ["2221", 16],
  ["2720", 16],
  ["34", 15],
  ["37", 15],
  ["36", 14],
  ["3852", 14],
  ["3005", 14],
  ["6011", 16],
  ["644", 16],
  ["65", 16],
  ["65", 19],
  ["622126", 16],
  ["62", 19],
  ["81", 16],
  ["3528", 16],
  ["3589", 19],
  ["5018", 16],
  ["6304", 18],
  ["6759", 19],
  ["2200", 16],
  ["9792", 16],
  ["508500", 16],
];

export const luhnDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (sum % 10)) % 10);
};

const digitsOf = (count: number) =>
  fc.array(fc.nat(9), { minLength: count, maxLength: count }).map((digits) => digits.join(""));

export const cardNumber = fc
  .constantFrom(...brands)
  .chain(([prefix, length]) =>
    digitsOf(length - prefix.length - 1).map((rest) => `${prefix}${rest}${luhnDigit(`${prefix}${rest}`)}`),
  );

const printed = (digits: string, sign: string): string => {
  const sizes = digits.length === 15 ? [4, 6, 5] : digits.length === 14 ? [4, 6, 4] : [4, 4, 4, 4, 3];
  let rest = digits;
  return sizes
    .map((size) => {
      const group = rest.slice(0, size);
      rest = rest.slice(size);
      return group;
    })
    .filter((group) => group !== "")
    .join(sign);
};

const sign = fc.constantFrom(" ", "-", ".", "/", "_", " - ", "\u00a0", "–", ",", "\t");

/** As a card shows it. */
export const groupedCard = fc.tuple(cardNumber, sign).map(([digits, between]) => printed(digits, between));

const fullWidth = (digits: string): string =>
  [...digits].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
const arabic = (digits: string): string =>
  [...digits].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join("");

/** Every way of writing a card number that must be found in ordinary text. */
export const writtenCard = fc.oneof(
  cardNumber,
  groupedCard,
  fc.tuple(cardNumber, sign).map(([digits, between]) => [...digits].join(between)),
  cardNumber.map(fullWidth),
  cardNumber.map(arabic),
  cardNumber.map((digits) => [...digits].join("\u200b")),
);

export const digitText = digitsOf;
