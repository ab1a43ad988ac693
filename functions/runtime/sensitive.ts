import { holdsCardNumber } from "./card-number.ts";

/**
 * What must not be written anywhere in clear, known by its form. It is the second net, below fields that are typed: a
 * name or an address has no form, so those are kept out by not being handed on.
 */
const forms = {
  JWT: /eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g,
  "license key": /lk_(?:live|test)_\w{8,}/g,
  secret:
    /(?:(?:sk|rk)_(?:live|test|org)_\w{6,}|wh(?:sec|sk)_[\w+/=-]{6,}|brsec_[\da-f]{8,}|c[ks]_[\da-f]{40}|pi_\w+_secret_\w+|(?:AKIA|ASIA)[A-Z\d]{16})/g,
  "payment token": /(?:spt|pm|tok|src|ba|card)_[A-Za-z\d]{12,}/g,
  credential: /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  "e-mail": /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}-]{2,63}/gu,
} as const satisfies Readonly<Record<string, RegExp>>;

export type SensitiveKind = keyof typeof forms | "card number";

const kinds = Object.entries(forms) as [keyof typeof forms, RegExp][];

/** Which kind the text holds, if any. */
export const sensitiveIn = (text: string): SensitiveKind | undefined =>
  kinds.find(([, form]) => text.search(form) >= 0)?.[0] ??
  (holdsCardNumber(text) ? "card number" : undefined);

/**
 * A telephone number as people write one: international, with a leading zero, or in the three groups of North America.
 * For what a person words only; among the digits of logs and ids it would find too much. A date is none.
 */
const phone =
  /(?<![\p{L}\p{N}#_-])(?!\d{1,2}([/-])\d{1,2}\1\d{2,4}(?!\d))(?:(?:\+|00)[1-9](?:[ ()/.-]{0,2}\d){6,13}|\(?0[1-9](?:[ ()/-]{0,2}\d){7,10}|\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4})(?![\p{L}\p{N}])/u;

export const holdsPhoneNumber = (text: string): boolean => phone.test(text);

/** The text with each finding replaced by its kind. */
export const withoutSensitive = (text: string): string =>
  withoutCards(kinds.reduce((rest, [kind, form]) => rest.replace(form, `[${kind}]`), text));

const groupsOfDigits = /\d(?:[^\p{L}\p{N}]{0,3}\d){12,}/gu;

/** Digits of other scripts, or with letters that nobody sees between: then all of the text goes. */
const withoutCards = (text: string): string => {
  if (!holdsCardNumber(text)) return text;
  const rest = text.replace(groupsOfDigits, (digits) => (holdsCardNumber(digits) ? "[card number]" : digits));
  return holdsCardNumber(rest) ? "[card number]" : rest;
};

/**
 * Control characters as they are written in code: no value ends a line, colors a terminal, or turns the direction of
 * what is read. `JSON.stringify` leaves most of them as they are.
 */
export const withoutControls = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (control) => `\\u${(control.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
