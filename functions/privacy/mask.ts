import { personalData, type Shown } from "./personal-data.ts";

type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json };

/**
 * What was opened, for somebody who may not read it: each field by what the inventory shows of it, all else as stars.
 * `path` says where the value lies in the inventory ("" for a whole `Contact`).
 */
export const masked = <Value extends Json>(value: Value, path = ""): Value => {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((each) => masked(each, path)) as unknown as Value;
  if (typeof value !== "object") return masks[shownOf(path)](String(value)) as Value;
  const entries = Object.entries(value as object).map(([name, each]) => [
    name,
    masked(each, path ? `${path}.${name}` : name),
  ]);
  return Object.fromEntries(entries) as Value;
};

const shownOf = (path: string): Shown => personalData.find(({ field }) => field === path)?.shown ?? "nothing";

const masks = {
  /** `Jane van Dyk` → `J*** v*** D***`: whose length says nothing either. */
  initials: (text) => text.split(/\s+/).map(starred).join(" "),
  /** `jane@example.com` → `j***@***`. */
  address: (text) => `${starred(text)}@***`,
  ending: (text) => `***${text.slice(-2)}`,
  whole: (text) => text,
  nothing: () => "***",
} as const satisfies Record<Shown, (text: string) => string>;

const starred = (word: string): string => `${[...word][0] ?? ""}***`;
