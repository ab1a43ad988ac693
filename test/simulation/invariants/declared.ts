import { endlessIn, undeclaredIn } from "../../fakes/declared.ts";
import type { Invariant } from "./invariant.ts";

export const declared: Invariant = {
  id: "A-31",
  promise: "nothing is written that the inventory of what we keep does not know",
  watch: () => ({
    committed: (changes) => changes.flatMap(({ table, after }) => (after ? undeclaredIn(table, after) : [])),
  }),
};

export const ends: Invariant = {
  id: "A-47",
  promise:
    "what time alone ends names its end when it is written, and no later one than the inventory allows",
  watch: ({ world }) => ({
    committed: (changes) =>
      changes.flatMap(({ table, after }) => (after ? endlessIn(table, after, world.scheduler.now()) : [])),
  }),
};
