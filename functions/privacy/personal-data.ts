import type { FieldClass } from "./envelope.ts";

/** Why we may keep it: GDPR article 6(1). */
export type Basis = "(b) contract" | "(c) legal obligation" | "(f) legitimate interest";

/** How long it can be read; `order`: until its key ends. */
export type Retention = "attempt" | "session" | "answer" | "order" | "books" | "parcel";

export const retentions = {
  attempt: "Wiped when its payment attempt is final.",
  session: "Wiped when the checkout ends, with an order or without.",
  answer: "30 days, for a repeated request.",
  books:
    "With the books, also once you are erased: 10 years by law (6 to 15, as the store sets it), with a payment 15 years; 30 days after the end of a checkout without an order.",
  parcel: "Until the buyer is erased; else with the books: 10 years by law (6 to 15, as the store sets it).",
  order:
    "Until the buyer is erased, 730 days from the beginning of the checkout at most, or what the store has set; 30 days after the end of a checkout without an order.",
} as const satisfies Record<Retention, string>;

/** What is left of a field for those who may not read it (`mask.ts`). */
export type Shown = "initials" | "address" | "ending" | "whole" | "nothing";

export type PersonalField = {
  /** Where it is before it is sealed: in `Contact`, or the name of what is sealed whole. */
  readonly field: string;
  /** `clear`: not personal by itself, and needed to look up or to calculate. */
  readonly sealedAs: FieldClass | "clear";
  readonly purpose: string;
  readonly basis: Basis;
  readonly retention: Retention;
  /** What the person reads in an export. */
  readonly label: string;
  /** To whoever lacks `customers:read`, and to everybody once it is frozen. */
  readonly shown: Shown;
};

const fields = (
  about: Omit<PersonalField, "field" | "label" | "shown">,
  labels: Readonly<Record<string, readonly [label: string, shown: Shown]>>,
): PersonalField[] =>
  Object.entries(labels).map(([field, [label, shown]]) => ({ field, label, shown, ...about }));

/**
 * Everything we keep of people, and the record of processing that GDPR article 30 asks for. A field that is not here
 * must not be stored: a test walks the schema of what is sealed.
 */
export const personalData: readonly PersonalField[] = [
  ...fields(
    {
      sealedAs: "contact",
      purpose: "Tells the store whose order it is and lets it answer the buyer",
      basis: "(b) contract",
      retention: "order",
    },
    {
      "buyer.email": ["E-mail address", "address"],
      "buyer.firstName": ["First name", "initials"],
      "buyer.lastName": ["Last name", "initials"],
      "buyer.fullName": ["Name", "initials"],
      "buyer.phone": ["Phone number", "ending"],
    },
  ),
  ...fields(
    {
      sealedAs: "contact",
      purpose: "Lets the store deliver",
      basis: "(b) contract",
      retention: "order",
    },
    {
      "delivery.name": ["Recipient", "initials"],
      "delivery.phone": ["Recipient's phone number", "ending"],
      "delivery.email": ["Recipient's e-mail address", "address"],
      "delivery.address.name": ["Name on the address", "initials"],
      "delivery.address.company": ["Company", "nothing"],
      "delivery.address.lineOne": ["Street and number", "nothing"],
      "delivery.address.lineTwo": ["Second address line", "nothing"],
      "delivery.address.city": ["City", "nothing"],
      "delivery.address.state": ["State or region", "whole"],
      "delivery.address.country": ["Country", "whole"],
      "delivery.address.postalCode": ["Postal code", "nothing"],
    },
  ),
  ...fields(
    {
      sealedAs: "clear",
      purpose:
        "Calculates shipping and tax, and proves later by which country's and region's rate the sale was taxed",
      basis: "(c) legal obligation",
      retention: "books",
    },
    { destination: ["Country and region delivered to", "whole"] },
  ),
  ...fields(
    {
      sealedAs: "clear",
      purpose: "Shows the session to your agent as it was begun",
      basis: "(b) contract",
      retention: "session",
    },
    { locale: ["Language", "whole"], timezone: ["Time zone", "whole"] },
  ),
  ...fields(
    {
      sealedAs: "notes",
      purpose: "Hands the buyer's wishes to the store",
      basis: "(b) contract",
      retention: "order",
    },
    { notes: ["Notes on the order", "nothing"] },
  ),
  ...fields(
    {
      sealedAs: "payment_token",
      purpose: "Makes the one payment it was given for, again under the same key if its outcome is unknown",
      basis: "(b) contract",
      retention: "attempt",
    },
    {
      "payment token": ["Payment token", "nothing"],
      "3-D Secure result": ["Proof of authentication", "nothing"],
    },
  ),
  ...fields(
    {
      sealedAs: "clear",
      purpose: "Finds the payment at Stripe to capture it, give it back and account for it",
      basis: "(c) legal obligation",
      retention: "books",
    },
    { "payment reference": ["Stripe's number of the payment", "nothing"] },
  ),
  ...fields(
    {
      sealedAs: "clear",
      purpose: "Lets you and your agent follow the parcel, and proves to a bank that it came",
      basis: "(b) contract",
      retention: "parcel",
    },
    { "parcel reference": ["The carrier's number of the parcel", "whole"] },
  ),
  ...fields(
    {
      sealedAs: "attribution",
      purpose: "Lets the store pay whoever sent the buyer, and learn why a buyer left",
      basis: "(f) legitimate interest",
      retention: "order",
    },
    {
      "affiliate attribution": ["Who sent you to the store", "nothing"],
      "intent trace": ["Why the checkout was left", "nothing"],
    },
  ),
  ...fields(
    {
      sealedAs: "answer",
      purpose: "Gives a repeated request the same answer",
      basis: "(f) legitimate interest",
      retention: "answer",
    },
    { "idempotent answer": ["Copies of answers given to your agent", "nothing"] },
  ),
];
