import { z } from "zod";
import type { Actor } from "#functions/audit/audit.ts";

/** One thing that the operator can have done; nothing of it has a public route. A feature lists its own in `commands.ts`. */
export type Command<On> = {
  readonly input: z.ZodObject;
  /** Of what the handler hands it. */
  readonly operation: (on: On) => (input: never, actor: Actor) => Promise<object>;
};
export type Commands<On> = Readonly<Record<string, Command<On>>>;

/** So that what is wanted and what is done with it fit each other. */
export const command = <Input extends z.ZodObject, On>(
  input: Input,
  operation: (on: On) => (input: z.output<Input>, actor: Actor) => Promise<object>,
): Command<On> => ({ input, operation });

/** A command as it is sent: its name beside its fields. */
export const sentCommand = (commands: Commands<never>) => {
  const [first, ...more] = Object.entries(commands).map(([name, { input }]) =>
    z.strictObject({ command: z.literal(name), ...input.shape }),
  );
  if (!first) throw new Error("there are no commands");
  return z.discriminatedUnion("command", [first, ...more]);
};
