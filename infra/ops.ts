import { appendFile, readFile, writeFile } from "node:fs/promises";
import { argv, env, exit, stderr, stdout } from "node:process";
import { parseArgs, parseEnv } from "node:util";
import { commandFrom, functionFor, isOwn, usageFor } from "./ops-command.ts";
import { type Flags, flagsOf, Mistake } from "./ops-flags.ts";
import { type Answer, untilDone, type Write } from "./ops-invoke.ts";
import { restoreByHand } from "./restore/by-hand.ts";
import { prefixOf, type Stage, stageNames, stageOf } from "./stage.ts";

/** Written by `npm start`: how to reach the embedded cloud. */
const localEnv = ".local/env";

/** Command line in, a function invoked until it is done, its answer out as JSON. */
const run = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({ args: [...args], options: flagsOf, allowPositionals: true });
  if (values.help || positionals.length === 0) {
    (values.help ? stdout : stderr).write(usageFor(positionals));
    return values.help ? 0 : 2;
  }
  const command = await commandFrom(positionals, values, fromFile);
  return isOwn(positionals)
    ? restoreByHand(command, await stageFor(values))
    : ask(command, values, functionFor(positionals));
};

const ask = async (command: object, values: Flags, id: string): Promise<number> => {
  const write = await writingTo(values.out);
  const answer = await untilDone(await functionName(values, id), { command, write });
  if (answer.refused) {
    stderr.write(toldRefusal(answer.refused));
    return 1;
  }
  if (!answer.done.lines) stdout.write(`${JSON.stringify(answer.done, null, 2)}\n`);
  return answer.done.problems?.length ? 1 : 0;
};

/** With the place in the command where it is wrong, unless the text begins with it. */
const toldRefusal = ({ code, text, param = "" }: NonNullable<Answer["refused"]>): string =>
  `refused (${text.startsWith(param) ? code : `${code} at ${param}`}): ${text}\n`;

/** JSON Lines, to a file that is made anew or to where the answer goes. */
const writingTo = async (file: string | undefined): Promise<Write> => {
  const textOf = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  if (file === undefined) return async (lines) => void stdout.write(textOf(lines));
  await writeFile(file, "");
  return (lines) => appendFile(file, textOf(lines));
};

const fromFile = async (path: string): Promise<unknown> => {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Mistake(`${path} can't be read`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Mistake(`${path} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
};

/** Without a stage the laptop's cloud is meant, and only then: a leftover `.local/env` must not catch `--stage prod`. */
const functionName = async (flags: Flags, id: string): Promise<string> => {
  const stage = await stageFor(flags);
  const given = env["OPERATOR_FUNCTION"];
  return given ? given.replace(/operator$/, id) : `${prefixOf(stage)}-${id}`;
};

const stageFor = async (flags: Flags): Promise<Stage> => {
  const stage = flags.stage ?? env["STAGE"];
  if (stage === undefined || stage === "local") await enterLocal(stage);
  const name = stage ?? "local";
  if (!stageNames.some((each) => each === name))
    throw new Mistake(`there is no stage ${name}; stages are ${stageNames.join(", ")}`);
  return stageOf(name);
};

const enterLocal = async (stage: string | undefined): Promise<void> => {
  if (env["AWS_ENDPOINT_URL"] || env["OPERATOR_FUNCTION"]) return;
  const text = await readFile(localEnv, "utf8").catch(() => undefined);
  if (text !== undefined) Object.assign(env, parseEnv(text));
  if (env["AWS_ENDPOINT_URL"]) return;
  throw new Mistake(
    stage
      ? "nothing runs here: npm start brings the local stage up"
      : "which stage? name it by --stage, or start the local one by npm start",
  );
};

/** Wrong use is seen before anything is asked, and told apart from what may have been done. */
const isMistake = (error: unknown): error is Error =>
  error instanceof Mistake ||
  (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));

const told = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  if (error.name === "ResourceNotFoundException")
    return "the operator's function is not there: is the stage deployed in this account and region?";
  if (code === "ECONNREFUSED")
    return `nothing answers at ${env["AWS_ENDPOINT_URL"]}: is npm start still running?`;
  return `${error.name}: ${error.message}`;
};

const args = argv.slice(2);
try {
  exit(await run(args));
} catch (error) {
  if (isMistake(error)) {
    stderr.write(`${error.message}\n\n${usageFor(args.filter((arg) => !arg.startsWith("-")))}`);
    exit(2);
  }
  stderr.write(`${told(error)}\n`);
  exit(3);
}
