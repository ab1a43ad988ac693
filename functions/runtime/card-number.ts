/**
 * Card numbers by length and issuer prefix (ISO/IEC 7812; the ranges the card networks publish). 13 digits are
 * left to old Visa cards and EANs start with 4 too, so they count only where a card is expected.
 */
const issuers: Readonly<Record<number, RegExp>> = {
  13: /^4/,
  14: /^3(?:0[0-5]|095|6|8|9)/,
  15: /^3[47]/,
  16: /^(?:4|5[1-5]|2(?:2(?:2[1-9]|[3-9])|[3-6]|7(?:[01]|20))|220[0-5]|3(?:52[89]|5[3-8]|0[0-5]|095|6|8|9)|6(?:011|4[4-9]|5|2|0|3[6-9]|7|304)|50[0-9]|5[68]|8(?:1|2|600)|9(?:792|704|860))/,
  17: /^(?:62|81|35(?:2[89]|[3-8])|6011|64[4-9]|65)/,
  18: /^(?:62|81|35(?:2[89]|[3-8])|6011|64[4-9]|65|50|5[68]|6(?:304|7))/,
  19: /^(?:4|62|81|35(?:2[89]|[3-8])|6011|64[4-9]|65|50|5[68]|6(?:304|7)|220[0-4]|9704)/,
};

/** How the digits of a card are printed, in groups. */
const shapes = new Set([
  "4-4-4-4",
  "4-6-5",
  "4-6-4",
  "4-3-3-3",
  "4-4-4-4-1",
  "4-4-4-4-2",
  "4-4-4-4-3",
  "6-13",
]);

/** How readily digits are taken for a card; see `card-field.ts`. */
export type FieldClass = "card" | "text" | "phone" | "reference";

/** Whether the text holds a card number: 13 to 19 digits, separators allowed, of a known issuer, Luhn-valid. */
export const holdsCardNumber = (text: string, fieldClass: FieldClass = "text"): boolean => {
  if (text.length < 13) return false;
  const plain = plainDigits(text);
  if (!/(?:\d\D{0,3}){13}/.test(plain)) return false;
  const judged = besideCardDetails(plain) ? "card" : fieldClass;
  let run: Group[] = [];
  let end = -1;
  for (const match of plain.matchAll(/\d+/g)) {
    const gap = plain.slice(end, match.index);
    run = [...(separates(gap) ? run.slice(-18) : []), { digits: match[0], gap }];
    end = match.index + match[0].length;
    if (endsWithCard(run, judged)) return true;
  }
  return false;
};

/** Digits that stand together, and what is between them and the group before. */
type Group = { readonly digits: string; readonly gap: string };

const endsWithCard = (run: readonly Group[], fieldClass: FieldClass): boolean => {
  let digits = "";
  for (let first = run.length - 1; first >= 0 && digits.length < 19; first -= 1) {
    digits = `${run[first]?.digits}${digits}`;
    if (isCard(digits) && counts(run.slice(first), digits.length, fieldClass)) return true;
  }
  return false;
};

const isCard = (digits: string): boolean => issuers[digits.length]?.test(digits) === true && luhn(digits);

const counts = (groups: readonly Group[], length: number, fieldClass: FieldClass): boolean => {
  if (fieldClass === "card" || shapes.has(shapeOf(groups))) return true;
  // No telephone number is longer than 15 digits (E.164); references are of any length.
  const shortest = { text: 14, phone: 16, reference: 20 }[fieldClass];
  return length >= shortest && isRegular(groups);
};

const shapeOf = (groups: readonly Group[]): string => groups.map(({ digits }) => digits.length).join("-");

/** One block, or equal blocks with the same sign between: unlike dates and times in a row. */
const isRegular = (groups: readonly Group[]): boolean =>
  groups.slice(1).every(({ gap, digits }, index) => {
    const isLast = index === groups.length - 2;
    const size = groups[0]?.digits.length ?? 0;
    return gap === groups[1]?.gap && (digits.length === size || (isLast && digits.length < size));
  });

/** Digits of every script as ASCII, without what a reader does not see. UUIDs and hashes are taken out: they are digits by chance. */
const plainDigits = (text: string): string =>
  text
    .replace(/[\p{Cf}\p{Mn}]/gu, "")
    .replace(/(?<![\da-z])[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?![\da-z])/gi, "#")
    .replace(/(?<![\da-z])(?=\d*[a-f])(?:[\da-f]{8}){2,}(?![\da-z])/gi, "#")
    .replace(/\p{Nd}/gu, (digit) => (/\d/.test(digit) ? digit : asciiDigit(digit)));

/** Unicode keeps the ten digits of a script together, in order. */
const asciiDigit = (digit: string): string => {
  let zero = digit.codePointAt(0) ?? 0;
  const code = zero;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
  return String(code - zero);
};

const separates = (between: string): boolean => /^[\s\p{Pd}\p{Pc}\p{Zs}./,·•:|*]{1,3}$/u.test(between);

const besideCardDetails = (text: string): boolean =>
  /\b(?:cvc2?|cvv2?|cid|exp(?:iry|ires|iration)?|valid (?:thru|until))\b/i.test(text) ||
  /(?:^|[^\d/.-])(?:0[1-9]|1[0-2])\s?[/-]\s?(?:20)?[2-4]\d(?:[^\d/.-]|$)/.test(text);

const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};
