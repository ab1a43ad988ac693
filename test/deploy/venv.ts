import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "#infra/bundle.ts";

/** Pinned, with all that it needs, so that the lane is the same tomorrow. */
const requirements = join(import.meta.dirname, "requirements.txt");
const folder = join(projectRoot, ".venv", "deploy");
const python = join(folder, "bin", "python");

/** A Python of the lane's own, outside the tracked files, that has ministack; made once. */
export const pythonWithMinistack = async (signal: AbortSignal): Promise<string> => {
  if (await hasAll(signal)) return python;
  const system = await suitablePython(signal);
  await run(
    system,
    ["-m", "venv", "--clear", folder],
    signal,
    "Python's venv module is missing (on Debian: python3-venv)",
  );
  await run(
    python,
    [...pip, "install", "--quiet", "--no-input", "-r", requirements],
    signal,
    "ministack can't be installed from the Python package index",
  );
  return python;
};

const pip = ["-m", "pip", "--disable-pip-version-check"];

/** Asked of the installed packages: with all of them there, a run needs no index. */
const hasAll = async (signal: AbortSignal): Promise<boolean> => {
  const check = `
import re, importlib.metadata as m
pins = re.findall(r"^(\\S+)==(\\S+)$", open(${JSON.stringify(requirements)}).read(), re.M)
assert pins and all(m.version(name) == version for name, version in pins)`;
  return succeeds(python, ["-c", check], signal);
};

const candidates = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
  "python",
];

const suitablePython = async (signal: AbortSignal): Promise<string> => {
  for (const candidate of candidates)
    if (await succeeds(candidate, ["-c", "import sys; assert sys.version_info >= (3, 10)"], signal))
      return candidate;
  throw new Error("the deploy lane needs Python 3.10 or newer on the PATH, and there is none");
};

const execute = promisify(execFile);

const succeeds = async (program: string, args: string[], signal: AbortSignal): Promise<boolean> => {
  try {
    await execute(program, args, { signal });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
};

const run = async (
  program: string,
  args: string[],
  signal: AbortSignal,
  otherwise: string,
): Promise<void> => {
  try {
    await execute(program, args, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${otherwise}: ${(error as { stderr?: string }).stderr?.trim()}`, { cause: error });
  }
};
