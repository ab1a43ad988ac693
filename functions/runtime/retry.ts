/** What a failed try means: `unsure` may have taken effect, `never` must not be tried again. */
export type Verdict = "refused for now" | "unsure" | "never";

export type Pause = { wait(milliseconds: number): Promise<unknown>; random(): number };

/** Eight tries wait 0.8 s on average, 1.6 s at worst; an unsure one may have cost its whole timeout, so fewer. */
export const tries = { "refused for now": 8, unsure: 3, never: 1 } as const satisfies Record<Verdict, number>;
export const longestPause = (tried: number): number => Math.min(25 * 2 ** (tried - 1), 400);

/**
 * Full jitter. Tries until it succeeds, fails for good or has been tried often enough; then the last error is thrown.
 * `repeatable`: an effect that an unsure try may have had is not doubled by the next.
 */
export const retrying = async <Result>(
  pause: Pause,
  judge: (error: unknown) => Verdict,
  repeatable: boolean,
  run: () => Promise<Result>,
  tried = 1,
): Promise<Result> => {
  try {
    return await run();
  } catch (error) {
    const verdict = judge(error);
    const allowed = verdict === "unsure" && !repeatable ? 1 : tries[verdict];
    if (tried >= allowed) throw error;
    await pause.wait(pause.random() * longestPause(tried));
  }
  return retrying(pause, judge, repeatable, run, tried + 1);
};
