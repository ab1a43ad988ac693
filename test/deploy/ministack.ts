import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type KeptProcess, startKept } from "./kept-process.ts";

export type Ministack = { readonly port: number; readonly endpoint: string; readonly process: KeptProcess };

/** In `folder` lands all that it writes to disk. */
export const startMinistack = async (on: {
  python: string;
  folder: string;
  log: string;
  own: (process: KeptProcess) => void;
  signal: AbortSignal;
}): Promise<Ministack> => {
  const port = await freePort();
  const process = startKept({
    program: on.python,
    args: ["-m", "ministack"],
    cwd: on.folder,
    env: environmentFor(port, on.folder),
    log: on.log,
  });
  on.own(process);
  const endpoint = `http://127.0.0.1:${port}`;
  await Promise.race([answering(endpoint, on.signal), failing(process)]);
  return { port, endpoint, process };
};

/** Functions are its children and run `node` as they find it: the one that runs this comes first. */
const environmentFor = (port: number, folder: string): NodeJS.ProcessEnv => ({
  ...cleanEnvironment(),
  PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  GATEWAY_PORT: `${port}`,
  BIND_HOST: "127.0.0.1",
  TMPDIR: folder,
  S3_DATA_DIR: join(folder, "s3"),
  STATE_DIR: join(folder, "state"),
  AWS_DEFAULT_REGION: region,
});

export const region = "us-east-1";
/** Ministack takes twelve digits for the account's own number. */
export const credentials = { accessKeyId: "000000000000", secretAccessKey: "emulated" };

/** Without a profile, a key or a proxy of the person who runs this: nothing here may reach an account of AWS. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|.*_proxy$)/i.test(name)));

const answering = async (endpoint: string, signal: AbortSignal): Promise<void> => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
  while (!(await isUp(endpoint, limit))) await pause(100, undefined, { signal: limit });
};

const isUp = (endpoint: string, signal: AbortSignal): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/health`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );

const failing = async (process: KeptProcess): Promise<never> => {
  const status = await process.exited;
  throw new Error(`ministack ended with ${status}:\n${process.said()}`);
};

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(address)));
    });
  });
