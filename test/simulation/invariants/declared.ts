import { undeclaredIn } from "../../fakes/declared.ts";
import type { Invariant } from "./invariant.ts";

export const declared: Invariant = {
  id: "A-31",
  promise: "nothing is written that the inventory of what we keep does not know",
  watch: () => ({
    committed: (changes) => changes.flatMap(({ table, after }) => (after ? undeclaredIn(table, after) : [])),
  }),
};
