import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
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

const start = async (data: string) => {
  const given = ["--port", "0", "--no-demo", "--json", "--data", data, "--local", data];
  const child = spawn(process.execPath, ["infra/local/start.ts", ...given], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  for await (const line of createInterface(child.stdout))
    if (line.startsWith("{")) return { child, facts: JSON.parse(line) as Facts };
  throw new Error("ended before it was up");
};

/** As a newcomer starts it, until it is done with its demo. */
const begun = async (data: string) => {
  const given = ["start", "--silent", "--", "--port", "0", "--data", data, "--local", data];
  const child = spawn("npm", given, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  let story = "";
  for await (const line of createInterface(child.stdout)) {
    story += `${line}\n`;
    if (line.includes("first order took")) return { child, story };
  }
  throw new Error(`ended before it had bought: ${story}`);
};

const refusalOf = async (given: readonly string[]) => {
  const child = spawn(process.execPath, ["infra/local/start.ts", ...given], { cwd: root });
  started.push(child);
  child.stdout.resume();
  const [told] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(told).not.toMatch(/^ +at /m);
  return { told, code: child.exitCode };
};

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
    const { child, facts } = await start(data);
    expect((await createCheckout(facts)).status).toBe(201);
    expect(parseEnv(readFileSync(join(data, "env"), "utf8"))).toMatchObject({
      AGENT_API: facts.agentApi,
      AGENT_KEY: facts.agentKey,
      STORE_ID: facts.storeId,
    });
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    await expect.poll(() => processesWith(data), { timeout: 5_000 }).toEqual([]);
    const again = await start(data);
    expect(again.facts).toMatchObject({ storeId: facts.storeId, agentKey: facts.agentKey });
    expect((await createCheckout(again.facts)).status).toBe(201);
    again.child.kill("SIGKILL");
    await expect.poll(() => processesWith(data), { timeout: 5_000 }).toEqual([]);
  });

  it.each([
    [["--prot", "0"], /Unknown option '--prot'.*npm start -- \[options\]/s],
    [["--port", "65535"], /--port wants 0 to 65534/],
    [["--port", "taken"], /--port wants 0 to 65534, not taken/],
  ])("says what is wrong with %j, without a stack", async (given, said) => {
    expect(await refusalOf(given)).toEqual({ told: expect.stringMatching(said), code: 1 });
  });

  it("says how to go on where its port is taken, without a stack", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { told, code } = await refusalOf(["--port", String(port), "--local", temporary()]);
    expect(told).toBe(
      `listen EADDRINUSE: address already in use 127.0.0.1:${port}: --port N takes another, --port 0 any that is free\n`,
    );
    expect(code).toBe(1);
    other.close();
  });

  it("tells a newcomer where all is, buys and verifies the webhooks; ends when the npm that started it is killed", async () => {
    const data = temporary();
    const { child, story } = await begun(data);
    for (const said of [/^agent API +http\S+ +key lk_test_/m, /^store API +http/m, /sells mug-blue/])
      expect(story).toMatch(said);
    for (const type of ["order.placed", "payment.captured", "order.confirmed"]) expect(story).toContain(type);
    child.kill("SIGKILL");
    await expect.poll(() => processesWith(data), { timeout: 8_000 }).toEqual([]);
  });
});
