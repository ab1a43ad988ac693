import { spawn } from "node:child_process";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { hasDynamoDb, startDynamoDb } from "#infra/local/dynamodb.ts";

const answers = (endpoint: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const until = async (holds: () => Promise<boolean>): Promise<boolean> => {
  for (const end = performance.now() + 5_000; performance.now() < end; ) {
    if (await holds()) return true;
  }
  return false;
};

describe.runIf(hasDynamoDb())("the DynamoDB engine", () => {
  it("answers until it is stopped", async () => {
    const engine = await startDynamoDb();
    expect(await answers(engine.endpoint)).toBe(true);
    await engine.stop();
    expect(await answers(engine.endpoint)).toBe(false);
  });

  it("refuses a port that somebody has", async () => {
    const engine = await startDynamoDb();
    const port = Number(new URL(engine.endpoint).port);
    await expect(startDynamoDb({ port })).rejects.toThrow(/did not start/);
    await engine.stop();
  });

  it("ends when its parent is killed", async () => {
    const program = `import { startDynamoDb } from "#infra/local/dynamodb.ts";
      console.log((await startDynamoDb()).endpoint); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const endpoint = await new Promise<string>((resolve) =>
      parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    expect(await answers(endpoint)).toBe(true);
    parent.kill("SIGKILL");
    expect(await until(async () => !(await answers(endpoint)))).toBe(true);
  });
});
