/** A mutant that no test can or need kill, and why. */
export type Survivor = {
  readonly file: string;
  /** The source line, trimmed, as it stands. */
  readonly line: string;
  /** What Stryker puts there. */
  readonly becomes: readonly string[];
  readonly why: string;
};

export const explained: readonly Survivor[] = [];
