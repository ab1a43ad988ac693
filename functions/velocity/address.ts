import type { Contact } from "#functions/checkout/contents.ts";

/** Where it goes, else who is written to: what several spellings have in common. Nothing: it goes nowhere. */
export const addressIn = ({ buyer, delivery }: Contact): string | undefined => {
  const { lineOne, lineTwo = "", city, postalCode, country } = delivery?.address ?? {};
  const parts = lineOne === undefined ? [buyer?.email] : [lineOne, lineTwo, postalCode, city, country];
  const plain = parts.map((part) => plainly(part ?? "")).join("/");
  return /[^/]/.test(plain) ? plain : undefined;
};

/** Letters and digits alone: "Main St. 5" is "main st 5". */
const plainly = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
