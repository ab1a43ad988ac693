import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseEnv } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { temporary } from "./fixture-cloud.ts";
import { processesWith } from "./processes.ts";

const root = join(import.meta.dirname, "../..");
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

type Facts = { agentApi: string; storeId: string; agentKey: string };

const start = async (command: string, args: readonly string[], data: string) => {
  const given = [...args, "--port", "0", "--no-demo", "--json", "--data", data, "--local", data];
  const child = spawn(command, given, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  for await (const line of createInterface(child.stdout))
    if (line.startsWith("{")) return { child, facts: JSON.parse(line) as Facts };
  throw new Error("ended before it was up");
};
const node = (data: string) => start(process.execPath, ["infra/local/start.ts"], data);

const createCheckout = ({ agentApi, agentKey }: Facts) =>
  fetch(`${agentApi}/checkout_sessions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${agentKey}`,
      "api-version": "2026-04-17",
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
    },
    body: JSON.stringify({
      currency: "eur",
      line_items: [{ id: "mug-blue", quantity: 1 }],
      capabilities: {},
    }),
  });

describe("npm start", () => {
  it("opens a store that sells, says so in one line and in `env`, and ends with Ctrl-C without a trace", async () => {
    const data = temporary();
    const { child, facts } = await node(data);
    expect((await createCheckout(facts)).status).toBe(201);
    expect(parseEnv(readFileSync(join(data, "env"), "utf8"))).toMatchObject({
      AGENT_API: facts.agentApi,
      AGENT_KEY: facts.agentKey,
      STORE_ID: facts.storeId,
    });
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    await expect.poll(() => processesWith(data), { timeout: 5_000 }).toEqual([]);
    const again = await node(data);
    expect(again.facts).toMatchObject({ storeId: facts.storeId, agentKey: facts.agentKey });
    expect((await createCheckout(again.facts)).status).toBe(201);
    again.child.kill("SIGKILL");
    await expect.poll(() => processesWith(data), { timeout: 5_000 }).toEqual([]);
  });

  it("ends when the npm that started it is killed", async () => {
    const data = temporary();
    const { child } = await start("npm", ["start", "--silent", "--"], data);
    child.kill("SIGKILL");
    await expect.poll(() => processesWith(data), { timeout: 8_000 }).toEqual([]);
  });
});
