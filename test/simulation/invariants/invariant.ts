import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Served } from "../cloud/serving.ts";

/** How long ago the faults stopped: the longer, the more must be over. */
export type Rest = "15 minutes" | "90 minutes" | "a day" | "the end";

/** What must hold, by its number in the list of invariants. It only looks. */
export type Invariant = {
  readonly id: string;
  readonly promise: string;
  readonly watch: (cloud: Cloud) => Watcher;
};

/** Each looks at one occasion and says what is not as promised. */
export type Watcher = {
  /** After each transaction: what it changed, and for which invocation. */
  committed?(changes: readonly RowChange[], served: Served | undefined): Problems;
  /** After each call that may have moved money. */
  stripeChanged?(): Problems;
  atRest?(rest: Rest): Problems;
};
export type Problems = readonly string[];

/** The problem, where there is one. */
export const when = (isBroken: boolean | undefined, problem: string): string[] => (isBroken ? [problem] : []);
