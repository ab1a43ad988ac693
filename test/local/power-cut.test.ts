import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudOptions } from "#infra/local/cloud.ts";
import { fixtureAssembly, fixtureCloud, probe, row, temporary } from "./fixture-cloud.ts";
import { processesWith } from "./processes.ts";

let assembly: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  assembly = await fixtureAssembly();
});
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

const startProcess = async (options: CloudOptions) => {
  const file = join(import.meta.dirname, "fixture-process.ts");
  const child = spawn(process.execPath, [file, JSON.stringify({ assembly, schedules: false, ...options })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, ...(JSON.parse(line) as { api: string }) };
};

const put = (api: string, id: string) =>
  fetch(`${api}/notes/${id}`, {
    method: "POST",
    headers: { authorization: "Bearer good" },
    body: JSON.stringify({ op: "put" }),
  });

describe("a cloud that is killed", () => {
  it("leaves no process behind and keeps what it had stored", async () => {
    const data = temporary();
    const { child, api } = await startProcess({ data });
    expect((await put(api, "kept")).status).toBe(201);
    expect(processesWith(data).length).toBeGreaterThan(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect.poll(() => processesWith(data), { timeout: 5_000 }).toEqual([]);
    const again = await fixtureCloud({ assembly, data });
    expect(await row(again, "kept", "note")).toBeDefined();
    await again.stop();
  });
});

describe("the fault tap", () => {
  it.each([
    ["before", false],
    ["after", true],
  ] as const)("cuts the power %s a write", async (when, written) => {
    const data = temporary();
    const { child, api } = await startProcess({
      data,
      faultTap: { effect: "die", when, nth: 2, service: "dynamodb", function: probe },
    });
    const exited = once(child, "exit");
    expect((await put(api, "first")).status).toBe(201);
    await expect(put(api, "second")).rejects.toThrow();
    expect(await exited).toEqual([null, "SIGKILL"]);
    const again = await fixtureCloud({ assembly, data });
    expect(await row(again, "first", "note")).toBeDefined();
    expect((await row(again, "second", "note")) !== undefined).toBe(written);
    await again.stop();
  });

  it("lets a function fail after it has done its work, once", async () => {
    const cloud = await fixtureCloud({
      assembly,
      faultTap: { effect: "fail", when: "after", nth: 1, service: "lambda", function: probe },
    });
    expect(await cloud.tryInvoke(probe, { op: "put", id: "done" })).toHaveProperty("fault");
    expect(await row(cloud, "done", "note")).toBeDefined();
    expect(await cloud.tryInvoke(probe, { op: "get", id: "done" })).toHaveProperty("payload");
    await cloud.stop();
  });
});

describe("a cloud with a data directory", () => {
  it("has the same keys, secrets and rows at its next start, and reads no old stream record again", async () => {
    const data = temporary();
    const first = await fixtureCloud({ assembly, data });
    const secret = await first.invoke(probe, { op: "secret" });
    await first.invoke(probe, { op: "put", id: "old" });
    await first.idle();
    await first.stop();
    const second = await fixtureCloud({ assembly, data });
    expect(await second.invoke(probe, { op: "secret" })).toBe(secret);
    await second.invoke(probe, { op: "put", id: "new" });
    await second.idle();
    expect(await row(second, "old", "received")).toMatchObject({ times: 1 });
    expect(await row(second, "new", "received")).toMatchObject({ times: 1 });
    await second.stop();
  });
});
