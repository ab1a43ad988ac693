import { colleagueData } from "#functions/privacy/colleague-data.ts";
import {
  type PersonalField,
  personalData,
  retentions,
  type Shown,
} from "#functions/privacy/personal-data.ts";
import { storedData } from "#functions/privacy/stored-data.ts";
import { keptFor, type StoredRecord } from "#functions/privacy/stored-record.ts";
import { type Deployed, keyOf } from "./deployed.ts";
import { erasures } from "./erasures.ts";
import type { Page, Section } from "./page.ts";
import { places } from "./places.ts";
import { recipients } from "./recipients.ts";

/** What is kept of whom, why, where, how long, who else learns it, and how it ends: GDPR article 30. */
export const dataMap = (deployed: Deployed): Page => ({
  name: "data-map",
  title: "Data map",
  text: [
    "The record of processing that GDPR article 30 asks for. It is made from the inventory that the code itself obeys (`functions/privacy/`) and from the templates that are deployed: a field, table or queue that is not here does not exist, or a test is red.",
    "Controller is the store. Whoever operates this service in their AWS account is its processor and adds name, contact and data protection officer where the law wants them.",
  ],
  sections: [people, colleagues, kinds, tables(deployed), ...places(deployed), told, ends],
});

const masks: Readonly<Record<Shown, string>> = {
  initials: "initials",
  address: "first letter of the address",
  ending: "last two characters",
  whole: "shown: too coarse to name anybody",
  nothing: "stars",
};

const everyKind: readonly (readonly [table: string, kind: string, record: StoredRecord])[] = Object.entries(
  storedData,
).flatMap(([table, records]) =>
  Object.entries(records).map(([kind, record]) => [table, kind, record] as const),
);

/** Where a field lies. Answers that are kept to be repeated hold copies of what is sealed in their session. */
export const placesOf = ({ field, sealedAs, retention }: PersonalField): string[] => {
  const holds = ({ kept, sealed = {}, clear = {} }: StoredRecord): string[] => {
    if (retention === "answer") return kept === "answer" ? Object.keys(sealed) : [];
    const isClass = (name: string) => sealed[name] === sealedAs;
    return [
      ...Object.keys(sealed).filter(isClass),
      ...Object.keys(clear).filter((name) => clear[name] === field),
    ];
  };
  const found = everyKind.flatMap(([table, kind, record]) =>
    holds(record).map((name) => `${table}: ${kind}.${name}`),
  );
  if (found.length === 0) throw new Error(`the inventory of personal data has ${field}, and no row holds it`);
  return found;
};

const codes = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join("<br>");

const people: Section = {
  title: "What we keep of people",
  text: [
    "Sealed: one AWS Encryption SDK message per record and class, under a key of that one checkout. Clear: needed to look up or to calculate, and not personal by itself. Whose checkout it is stands beside its key as a blind index: an HMAC of the e-mail address under a key of that store's.",
    ...Object.entries(retentions).map(([name, text]) => `Kept **${name}**: ${text}`),
  ],
  table: {
    head: [
      "Label in an export",
      "Field",
      "Class",
      "Purpose",
      "Basis, art. 6(1)",
      "Kept",
      "Lies in",
      "Without `customers:read`",
    ],
    rows: personalData.map((each) => [
      each.label,
      `\`${each.field}\``,
      each.sealedAs === "clear" ? "clear" : `sealed: ${each.sealedAs}`,
      each.purpose,
      each.basis,
      each.retention,
      codes(placesOf(each)),
      masks[each.shown],
    ]),
  },
};

const colleagues: Section = {
  title: "What we keep of a store's own people, and of support's",
  text: [
    "Sealed under the store's key, one message a name, and in no log, event or audit record: those name ids.",
  ],
  table: {
    head: ["What", "Purpose", "Basis, art. 6(1)", "Kept", "Lies in", "Shown to"],
    rows: Object.entries(colleagueData).map(([name, { label, purpose, basis, kept, shownTo }]) => [
      label,
      purpose,
      basis,
      keptFor[kept],
      codes(
        everyKind.flatMap(([table, kind, { colleague = {} }]) =>
          Object.keys(colleague)
            .filter((attribute) => colleague[attribute] === name)
            .map((attribute) => `${table}: ${kind}.${attribute}`),
        ),
      ),
      shownTo,
    ]),
  },
};

const kinds: Section = {
  title: "Everything that is stored",
  text: [
    "Every kind of row, personal or not. What is written equals what is declared: the simulator and the tests hold each row to it. What else is called `sealed…` lies under the store's key and is nobody's: secrets of endpoints, a key that is shown once.",
  ],
  table: {
    head: ["Table: row", "Sealed", "Clear, of a person", "Attributes besides", "Kept"],
    rows: everyKind.map(([table, kind, { kept, sealed = {}, colleague = {}, clear = {}, plain }]) => [
      `\`${table}: ${kind}\``,
      codes(Object.keys({ ...sealed, ...colleague })),
      codes(Object.keys(clear)),
      codes([...new Set(plain.map((path) => path.split(".")[0] ?? path))]).replaceAll("<br>", " "),
      keptFor[kept],
    ]),
  },
};

/** A table's own name, as the inventory calls it, is the end of the one that is deployed. */
const kindsOf = (name: unknown): readonly [string, string[]] => {
  const table = String(name).split("-").at(-1) ?? "";
  const records = storedData[table as keyof typeof storedData];
  if (!records) throw new Error(`the table ${name} is deployed, and no inventory says what is in it`);
  return [table, Object.keys(records)];
};

const tables = (deployed: Deployed): Section => ({
  title: "Tables and their keys",
  text: [
    "DynamoDB, encrypted with keys of our own. Recovery is how far back a copy can reach: one day for the keys of people.",
  ],
  table: {
    head: ["Table", "Rows", "KMS key", "Recovery, days", "Stream"],
    rows: deployed.ofType("AWS::DynamoDB::Table").map(({ properties }) => {
      const [table, held] = kindsOf(properties["TableName"]);
      const recovery = properties["PointInTimeRecoverySpecification"] as { RecoveryPeriodInDays: number };
      return [
        `\`${table}\``,
        codes(held).replaceAll("<br>", " "),
        keyOf(properties),
        String(recovery.RecoveryPeriodInDays),
        properties["StreamSpecification"] ? "keys of rows only" : "none",
      ];
    }),
  },
});

const told: Section = {
  title: "Who else learns what",
  text: [
    "There is no other way out: every file that dials, or that imports an AWS or Stripe client, is named in one of these rows.",
  ],
  table: {
    head: ["Who", "As what", "Is told", "Of people", "Through"],
    rows: recipients.map(({ who, as, told: what, people: whom, through }) => [
      who,
      as,
      what,
      whom,
      through.length > 0 ? codes(through) : "the APIs: [who may do what](access.md)",
    ]),
  },
};

const ends: Section = {
  title: "Where erasure reaches",
  text: [
    "`DELETE /customers/{id}` destroys the keys of the customer's checkouts. Nothing has to be found and rewritten: a message without its key is noise, wherever a copy of it lies.",
  ],
  table: {
    head: ["Place", "What becomes of it", "By when", "The test that goes red"],
    rows: erasures.map(({ place, becomes, by, test }) => [
      place,
      becomes,
      by,
      `\`${test.file}\`: ${test.title}`,
    ]),
  },
};
