import { opsCommands } from "./ops-commands.ts";
import { type Command, type Flags, Mistake, type ReadFile, type Text } from "./ops-flags.ts";

const usageOf = (name: string, { usage: lines, looks }: Command): string =>
  [...lines.slice(0, 1).map((line) => (looks ? line : `${line} [--dry-run]`.trim())), ...lines.slice(1)]
    .map((line, nth) => `  ${(nth === 0 ? name : "").padEnd(18)} ${line}\n`)
    .join("");

const everyUsage = Object.entries(opsCommands).map(([name, command]) => usageOf(name, command));

/** Of one command, where it is known which one was meant. */
export const usageFor = ([name = ""]: readonly string[]): string => {
  const command = known(name);
  return `npm run ops -- <command> [--stage local|emulated|dev|prod]

${command ? usageOf(name, command) : everyUsage.join("")}
--dry-run     changes nothing and says what it would do, as JSON: what of whom, how many rows of which table
stdout        the answer as JSON; keys are shown once, by nothing but the run itself
stderr        how far it is, a line of JSON a call; what went wrong
exit code     0 done · 1 refused, or problems were found · 2 used wrongly, nothing was asked · 3 failed: see the log
`;
};

const known = (name: string): Command | undefined =>
  Object.hasOwn(opsCommands, name) ? opsCommands[name] : undefined;

/** The function's command; what is in it is the function's to judge. */
export const commandFrom = async (
  [name = "", ...more]: readonly string[],
  flags: Flags,
  read: ReadFile,
): Promise<object> => {
  const command = known(name);
  if (!command) throw new Mistake(`there is no command ${name}`);
  if (more.length > 0) throw new Mistake(`${name} takes flags only, got ${more.join(" ")}`);
  refuseStrangers(name, command, flags);
  return {
    command: name,
    ...(await command.make((flag) => demanded(name, flags, flag), flags, read)),
    ...(flags["dry-run"] && { dryRun: true }),
  };
};

/** A flag that does nothing would be one that somebody counts on. */
const refuseStrangers = (name: string, command: Command, flags: Flags): void => {
  const taken = new Set([
    "stage",
    "help",
    ...[...usageOf(name, command).matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag),
  ]);
  const stranger = Object.entries(flags).find(([flag, value]) => value !== undefined && !taken.has(flag));
  if (!stranger) return;
  const why = stranger[0] === "dry-run" ? ": it changes nothing" : "";
  throw new Mistake(`${name} takes no --${stranger[0]}${why}`);
};

export const isOwn = ([name = ""]: readonly string[]): boolean => known(name)?.own === true;

export const functionFor = ([name = ""]: readonly string[]): string => known(name)?.by ?? "operator";

const demanded = (command: string, flags: Flags, flag: Text): string => {
  const value = flags[flag];
  if (value === undefined || value === "") throw new Mistake(`${command} wants --${flag}`);
  return value;
};
