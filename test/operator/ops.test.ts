import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The Lambda API of a laptop, as far as the command line uses it: answers what the test says. */
const asked: { name: string; command: unknown }[] = [];
const replies: object[] = [];
let reply: { status?: number; headers?: Record<string, string>; body: unknown } = { body: {} };
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const name = /\/functions\/([^/]+)\/invocations/.exec(request.url ?? "")?.[1] ?? "";
    asked.push({ name, command: JSON.parse(Buffer.concat(parts).toString()) });
    response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
    response.end(JSON.stringify(replies.shift() ?? reply.body));
  });
});

let folder = "";
const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ops-"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const ops = (args: readonly string[], environment: Record<string, string> = {}) =>
  new Promise<{ code: number | null; out: string; err: string }>((ended) => {
    asked.length = 0;
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../infra/ops.ts"), ...args], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        ...environment,
      },
    });
    const said = { out: "", err: "" };
    child.stdout.on("data", (text) => {
      said.out += text;
    });
    child.stderr.on("data", (text) => {
      said.err += text;
    });
    child.on("close", (code) => ended({ code, ...said }));
  });

test("asks the stage's function once and prints its answer", async () => {
  reply = { body: { done: { keyId: "k", revokedAt: "now" } } };
  const { code, out } = await ops(["revoke-key", "--key", "k", "--stage", "dev"], {
    AWS_ENDPOINT_URL: endpoint(),
  });
  expect([code, JSON.parse(out)]).toEqual([0, { keyId: "k", revokedAt: "now" }]);
  expect(asked).toEqual([
    { name: "agentic-checkout-dev-operator", command: { command: "revoke-key", keyId: "k" } },
  ]);
});

test("goes on from the cursor until it is done, and says how far it is", async () => {
  replies.push({ done: { done: false, inFlight: 2, waitSeconds: 0, cursor: { pass: 1 } } });
  reply = { body: { done: { done: true, stores: "all" } } };
  const { code, out, err } = await ops(["kill-tokens", "--all", "--reason", "r", "--stage", "dev"], {
    AWS_ENDPOINT_URL: endpoint(),
  });
  expect([code, JSON.parse(out)]).toEqual([0, { done: true, stores: "all" }]);
  expect(err).toContain('{"inFlight":2,"waitSeconds":0}');
  const command = { command: "kill-tokens", stores: "all", reason: "r" };
  expect(asked.map((each) => each.command)).toEqual([command, { ...command, cursor: { pass: 1 } }]);
});

test("writes the lines of an export as they come, to a file or to where answers go", async () => {
  const at = { AWS_ENDPOINT_URL: endpoint() };
  reply = { body: { done: { done: true, lines: [{ seal: null }] } } };
  for (const file of [undefined, "audit.jsonl"]) {
    replies.push({ done: { done: false, lines: [{ seal: 1 }, { seal: 2 }], cursor: 2 } });
    const to = file ? ["--out", file] : [];
    const { code, out } = await ops(["export-audit", "--stage", "dev", ...to], at);
    const written = file ? await readFile(join(folder, file), "utf8") : out;
    expect([code, written]).toEqual([0, '{"seal":1}\n{"seal":2}\n{"seal":null}\n']);
    expect(asked.at(-1)?.name).toBe("agentic-checkout-dev-examine-audit");
  }
});

test("ends as a failure where a look at the audit found something", async () => {
  reply = { body: { done: { done: true, part: { problems: [{ problem: "record altered" }] } } } };
  const { code, out } = await ops(["verify-audit", "--stage", "dev"], { AWS_ENDPOINT_URL: endpoint() });
  expect([code, JSON.parse(out)]).toMatchObject([1, { problems: [{ problem: "record altered" }] }]);
});

test("without a stage it finds the laptop's cloud by .local/env", async () => {
  const home = join(folder, ".local");
  await mkdir(home);
  await writeFile(join(home, "env"), `AWS_ENDPOINT_URL=${endpoint()}\n`);
  await writeFile(join(folder, "store.json"), JSON.stringify({ name: "Mugs" }));
  reply = { body: { done: {} } };
  expect((await ops(["create-store", "--from", "store.json"])).code).toBe(0);
  expect(asked).toEqual([
    {
      name: "agentic-checkout-local-operator",
      command: { command: "create-store", store: { name: "Mugs" } },
    },
  ]);
  await rm(home, { recursive: true });
});

test("a refusal, a fault and a wrong flag end with a message and without a stack", async () => {
  const at = { AWS_ENDPOINT_URL: endpoint() };
  reply = { body: { refused: { code: "invalid", text: "must be a store's id", param: "$.storeId" } } };
  expect(await ops(["show-store", "--store", "x"], at)).toMatchObject({
    code: 1,
    err: "refused (invalid at $.storeId): must be a store's id\n",
  });
  reply = { headers: { "x-amz-function-error": "Unhandled" }, body: { errorMessage: "the command failed" } };
  const fault = await ops(["show-store", "--store", "x"], at);
  expect([fault.code, asked.length]).toEqual([3, 1]);
  expect(fault.err).toContain("agentic-checkout-local-operator failed (the command failed); see its log");
  const nowhere = await ops(["show-store", "--store", "x"]);
  expect(nowhere.err).toContain("which stage?");
  const wrong = await ops(["show-store", "--stor", "x"], at);
  expect([nowhere.code, wrong.code]).toEqual([2, 2]);
  expect(wrong.err).toMatch(/Unknown option '--stor'[\s\S]*show-store +--store/);
  expect(fault.err + nowhere.err + wrong.err).not.toContain("    at ");
});

test("says that nothing listens where the laptop's cloud should be", async () => {
  const gone = await ops(["show-store", "--store", "x"], { AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
  expect(gone).toMatchObject({
    code: 3,
    err: expect.stringContaining("nothing answers at http://127.0.0.1:9"),
  });
});
