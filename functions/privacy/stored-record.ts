import { days, hours } from "#functions/values/clock.ts";
import type { ColleagueName } from "./colleague-data.ts";
import type { FieldClass } from "./envelope.ts";

/** How long a kind of row is kept, as the record of processing says it. */
export const keptFor = {
  shop: "As long as the store is with us, and then as long as the books that speak of it.",
  receiver: "Until it is removed, or 180 days after its store closed.",
  session: "30 days after a checkout ends without an order; with its order otherwise.",
  books: "Orders and payments: 10 years by law (6 to 15, as the store sets it); a payment row 15 years.",
  person: "730 days from the beginning of the checkout (90 to 3,650, as the store sets it), or until erased.",
  answer: "30 days.",
  told: "90 days, and from anew where somebody wants it told once more.",
  colleague:
    "180 days from when one of their keys was last let in or confirmed, 90 days from when they were revoked.",
  counted: "Until its window of a minute to a day is over; nobody reads it after that.",
  open: "Until what it stands for is over.",
  proof: "For good: it says what was done and names nobody.",
} as const;
export type Kept = keyof typeof keptFor;

/** The same as a bound in milliseconds, where time alone ends it. Such a row names its end, or whose turn it is until it can. */
export const keptAtMost: Readonly<Partial<Record<Kept, number>>> = {
  session: days(15 * 365.25),
  books: days(15 * 365.25),
  person: days(3_650),
  answer: days(30),
  told: days(90),
  colleague: days(180),
  counted: hours(1),
};

export type StoredRecord = {
  readonly kept: Kept;
  /** Attributes that hold an Encryption SDK message, by class: `personalData` says what is in it. */
  readonly sealed?: Readonly<Record<string, FieldClass>>;
  /** Attributes in clear that `personalData` lists, under its name there. */
  readonly clear?: Readonly<Record<string, string>>;
  /** Attributes that hold a message under the store's key, of one of its own people: `colleagueData` says why. */
  readonly colleague?: Readonly<Record<string, ColleagueName>>;
  /** All others: nothing personal. A last part `*` stands for ids whose names are many. */
  readonly plain: readonly string[];
};

export const words = (text: string): string[] => text.trim().split(/\s+/);
export const under = (name: string, ...fields: string[]): string[] =>
  fields.flatMap(words).map((field) => `${name}.${field}`);

export const due = words("due dueAt");
export const listed = words("list listAt");
export const ends = words("expiresAtSeconds");
/** Places for the last things that a counter has counted, by the first letter of their digest. */
export const seen = [..."0123456789abcdef"].map((letter) => `seen${letter}`);
export const request = words("scope key canonical raw");
export const ids = words("storeId principalId livemode createdAt updatedAt");
