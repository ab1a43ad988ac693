import { z } from "zod";
import type { Actor } from "#functions/audit/audit.ts";

/** One thing that the operator can have done; nothing of it has a public route. A feature lists its own in `commands.ts`. */
export type Command<On> = {
  readonly input: z.ZodObject;
  /** Of what the handler hands it. */
  readonly operation: (on: On) => (input: never, actor: Actor) => Promise<object>;
  /** What a dry run tells of the answer; absent: there is none. */
  readonly tells?: (answer: never) => object;
};
export type Commands<On> = Readonly<Record<string, Command<On>>>;

/** So that what is wanted and what is done with it fit each other. */
type Operation<Input extends z.ZodObject, On, Answer> = (
  on: On,
) => (input: z.output<Input>, actor: Actor) => Promise<Answer>;

/** Changes something, so it can be rehearsed: all of it but the writes is done, and `tells` shows what it came to. */
export const command = <Input extends z.ZodObject, On, Answer extends object>(
  input: Input,
  operation: Operation<Input, On, Answer>,
  tells: (answer: Answer) => object,
): Command<On> => ({ input, operation, tells });

/** Changes nothing, or is one step of what can be rehearsed as a whole. A look without its record would be no rehearsal. */
export const plainCommand = <Input extends z.ZodObject, On>(
  input: Input,
  operation: Operation<Input, On, object>,
): Command<On> => ({ input, operation });

/** Of an answer these fields alone: what is secret, personal or drawn by lot is for the run itself. */
export const only =
  (...names: readonly string[]) =>
  (answer: object): object =>
    Object.fromEntries(Object.entries(answer).filter(([name]) => names.includes(name)));

/** A command as it is sent: its name beside its fields. */
export const sentCommand = (commands: Commands<never>) => {
  const [first, ...more] = Object.entries(commands).map(([name, { input, tells }]) =>
    z.strictObject({
      command: z.literal(name),
      dryRun: (tells ? z.boolean() : z.literal(false, { error: "has no dry run" })).default(false),
      ...input.shape,
    }),
  );
  if (!first) throw new Error("there are no commands");
  return z.discriminatedUnion("command", [first, ...more]);
};
