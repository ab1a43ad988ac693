import { type FieldClass, holdsCardNumber } from "./card-number.ts";
import { jsonPath } from "./json-path.ts";

/**
 * A Luhn and issuer rule alone refuses one in 43 of all 16-digit numbers, so digits are judged by the field they
 * stand in: telephone numbers and references (ids, tracking numbers, EANs, links) only count when they are
 * grouped like a card or stand beside its expiry or code.
 */
const wordsOf = {
  card: "card cards pan cc creditcard cardnumber ccnumber debit",
  phone: "phone phones telephone tel mobile cell fax msisdn whatsapp",
  text: "note notes message messages text comment comments instructions description title name",
  reference:
    "id ids sku gtin ean upc isbn barcode imei serial tracking awb waybill parcel shipment package reference references ref order orders invoice receipt url urls uri link links href hash digest signature trace etag idempotency",
} as const satisfies Record<FieldClass, string>;

const classes = new Map<string, FieldClass>(
  Object.entries(wordsOf).flatMap(([name, words]) =>
    words.split(" ").map((word) => [word, name as FieldClass] as const),
  ),
);

const besideNames =
  /^(?:cvc2?|cvv2?|cid|security_?code|exp|expiry|expires_on|exp_?(?:month|year)|expiration.*)$/i;

/** By the words of a field's name: `trackingNumber`, `order_id`, `Card-Number`; the strictest class of them. */
export const fieldClassOf = (name: string): FieldClass => {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/);
  const found = words.map((word) => classes.get(word)).filter((fieldClass) => fieldClass !== undefined);
  return ranked.find((fieldClass) => found.includes(fieldClass)) ?? "text";
};
const ranked = ["card", "text", "phone", "reference"] as const;

/** Text as it stands, and once more wherever it may be base64. */
export const textHoldsCard = (text: string, fieldClass: FieldClass): boolean =>
  holdsCardNumber(text, fieldClass) ||
  [...text.matchAll(/[A-Za-z0-9+/_-]{18,}={0,2}/g)].some(([token]) =>
    holdsCardNumber(Buffer.from(token, "base64").toString("utf8"), fieldClass),
  );

/**
 * Where in the JSON value a card number stands: the path of the field, or of the object when a key holds it.
 * `undefined`: nowhere.
 */
export const findCardNumber = (value: unknown, given: FieldClass = "text"): string | undefined => {
  const path = find(value, given, []);
  return path && jsonPath(path);
};

type Path = readonly (string | number)[];

const find = (value: unknown, fieldClass: FieldClass, path: Path): Path | undefined => {
  if (typeof value === "string" || typeof value === "number") {
    return textHoldsCard(String(value), fieldClass) ? path : undefined;
  }
  if (Array.isArray(value)) {
    return firstOf(value.entries(), ([index, member]) => find(member, fieldClass, [...path, index]));
  }
  return typeof value === "object" && value !== null ? findInObject(value, fieldClass, path) : undefined;
};

const findInObject = (value: object, fieldClass: FieldClass, path: Path): Path | undefined => {
  const members = Object.entries(value);
  if (members.some(([name]) => textHoldsCard(name, "text"))) return path;
  const expected = fieldClass === "card" || members.some(([name]) => besideNames.test(name));
  return firstOf(members, ([name, member]) =>
    find(member, expected ? "card" : fieldClassOf(name), [...path, name]),
  );
};

const firstOf = <Part, Found>(parts: Iterable<Part>, look: (part: Part) => Found | undefined) => {
  for (const part of parts) {
    const found = look(part);
    if (found !== undefined) return found;
  }
  return undefined;
};
