import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A program that cannot outlive us, with all that it starts. */
export type KeptProcess = {
  readonly exited: Promise<number>;
  /** The end of what it wrote, to be shown when it fails. */
  said(): string;
  stop(): Promise<void>;
};

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes what the program writes. */
  readonly log: string;
};

/**
 * A process group of its own, led by a shell that reads a pipe which nobody writes to. At the pipe's end, be it by
 * `stop` or because we were killed, the shell ends the program and then whoever is left in the group. When the
 * program ends by itself its status goes on, and the pipe's reader goes with it.
 */
const keeper = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
{ cat <&3; kill "$program"; for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$program" || break; sleep 0.2; done; kill -9 -$$; } >/dev/null 2>&1 &
reader=$!
exec 3<&-
wait "$program"; status=$?
exit "$status"
`;

export const startKept = (command: Command): KeptProcess => {
  const log = openSync(command.log, "a");
  const shell = spawn("/bin/sh", ["-c", keeper, "sh", command.program, ...command.args], {
    cwd: command.cwd,
    env: command.env,
    stdio: ["pipe", log, log],
    detached: true,
  });
  closeSync(log);
  const exited = exitOf(shell);
  return {
    exited,
    said: () => readFileSync(command.log, "utf8").split("\n").slice(-40).join("\n"),
    stop: async () => {
      shell.stdin?.end();
      await exited;
      endGroup(shell.pid);
    },
  };
};

const exitOf = (shell: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    shell.once("error", reject);
    shell.once("exit", (code) => resolve(code ?? 1));
  });

/** The shell may be gone before those that its program left behind. */
const endGroup = (leader: number | undefined): void => {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/** Runs it to its end; what it said is the error when that was not a good one. */
export const runKept = async (command: Command, own: (process: KeptProcess) => void): Promise<void> => {
  const started = startKept(command);
  own(started);
  const status = await started.exited;
  await started.stop();
  if (status === 0) return;
  const line = [command.program, ...command.args].join(" ");
  throw new Error(`${line} ended with ${status}:\n${started.said()}`);
};
