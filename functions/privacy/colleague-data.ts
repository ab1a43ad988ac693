import type { PersonalField } from "./personal-data.ts";
import type { Kept } from "./stored-record.ts";

/** Of whoever works for a store, or helps it: sealed under the store's key. */
export type ColleagueField = Pick<PersonalField, "label" | "purpose" | "basis"> & {
  readonly kept: Kept;
  readonly shownTo: string;
};

/**
 * What we keep of a store's own people and of support's, by what it is: no buyer's, so it is in no buyer's export. The
 * rows that hold it name it (`stored-data.ts`), and hold it sealed.
 */
export const colleagueData = {
  "holder of keys": {
    label: "Name of who holds keys",
    purpose: "Lets a store know whose each key is, review them, and take them from whoever leaves",
    basis: "(f) legitimate interest",
    kept: "colleague",
    shownTo: "`keys:write`; a program's name to `keys:read`",
  },
  "person of support": {
    label: "Name of a person of support",
    purpose: "Shows a store whom it let in",
    basis: "(f) legitimate interest",
    kept: "told",
    shownTo: "`support:write`",
  },
} as const satisfies Record<string, ColleagueField>;
export type ColleagueName = keyof typeof colleagueData;
