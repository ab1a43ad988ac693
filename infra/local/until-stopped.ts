import { readFileSync } from "node:fs";

/** Resolves with Ctrl-C, with `kill`, or when the npm that started this process is gone, killed perhaps. */
export const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
    const timer = setInterval(() => parents.every(isAlive) || resolve(), 500);
    timer.unref();
  });

/** `npm` starts a shell, which starts us; a killed npm tells neither. Nobody's child started by hand has any. */
const parentsUpToNpm = (): readonly number[] => {
  if (!process.env["npm_lifecycle_event"]) return [];
  const shell = process.ppid;
  return commandOf(shell).includes("npm") ? [shell] : [shell, parentOf(shell)].filter((pid) => pid > 1);
};

const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).split("\0")[0] ?? "";
const parentOf = (pid: number): number => Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);

/** Systems without `/proc` know only the direct parent. */
const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** Looked up at once: later they may be gone. */
const parents = parentsUpToNpm();

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
