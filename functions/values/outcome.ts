/**
 * How a workflow step ends. Only `refused`, a definite no, may start an undo. `held` (outcome unknown,
 * authentication wanted, no time left) and a thrown fault end the run without one; a sweeper drives it on.
 */
export type Done<Output = unknown> = { outcome: "done" } & Output;
export type Refused = { outcome: "refused"; reason: string };
export type Held = { outcome: "held"; reason: string };

export const done = <Output>(output: Output): Done<Output> => ({ outcome: "done", ...output });
export const refused = <Input>(input: Input, reason: string): Refused & Input => ({
  ...input,
  outcome: "refused",
  reason,
});
export const held = <Input>(input: Input, reason: string): Held & Input => ({
  ...input,
  outcome: "held",
  reason,
});
