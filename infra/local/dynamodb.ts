import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export type DynamoDb = { readonly endpoint: string; stop(): Promise<void> };

const engine = fileURLToPath(new URL("../../node_modules/@dynoxide/linux-x64/dynoxide", import.meta.url));

/** Whether this platform's engine is installed; without it `DYNAMODB_ENDPOINT` must name one. */
export const hasDynamoDb = (): boolean => existsSync(engine);

/**
 * The engine outlives a parent that is killed, so a shell stands between: it reads a pipe that nobody writes to
 * and ends the engine at its end. Its own session keeps Ctrl-C from ending the tables before their users.
 */
const keeper = `
exec 3<&0
"$@" </dev/null 3<&- & engine=$!
{ cat <&3 >/dev/null; kill "$engine"; sleep 0.2; while kill -9 "$engine"; do sleep 0.1; done; } >/dev/null 2>&1 &
exec 3<&-
wait "$engine"
`;

/** DynamoDB on a free port (or the given one), in memory unless `dbPath` names a file. */
export const startDynamoDb = async (given: { port?: number; dbPath?: string } = {}): Promise<DynamoDb> => {
  const port = given.port ?? (await freePort());
  const path = given.dbPath === undefined ? [] : ["--db-path", given.dbPath];
  const shell = spawn("/bin/sh", ["-c", keeper, "sh", engine, "serve", "--port", String(port), ...path], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => shell.once("exit", () => resolve()));
  const stop = async () => {
    shell.stdin?.end();
    await ended;
  };
  await listening(shell).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { endpoint: `http://127.0.0.1:${port}`, stop };
};

/** The engine says so itself: an answer on the port alone could be a stranger's. */
const listening = (shell: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    let said = "";
    const heard = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("listening on")) resolve();
    };
    shell.stdout?.on("data", heard);
    shell.stderr?.on("data", heard);
    shell.once("error", reject);
    shell.once("exit", () => reject(new Error(`the DynamoDB engine did not start: ${said.trim()}`)));
  });

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(address)));
    });
  });
