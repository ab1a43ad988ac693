import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleOf } from "#events/json-schema.ts";
import { orderPlaced } from "#events/order-placed.ts";
import { newPrivateKey, newSecret, standardHeaders } from "#functions/webhook/signature.ts";
import { type Received, receiveWebhooks } from "#infra/local/demo/receiver.ts";

const secret = newSecret(() => new Uint8Array(32).fill(7));
const privateKey = newPrivateKey(() => new Uint8Array(32).fill(8));
const body = JSON.stringify(sampleOf(orderPlaced));
const signedAt = (at: number) =>
  standardHeaders({ signers: [{ secret, privateKey }], id: "evt_1", at, body });

describe("the example receiver", () => {
  const heard: Received[] = [];
  let server: Awaited<ReturnType<typeof receiveWebhooks>>;
  beforeAll(async () => {
    server = await receiveWebhooks(
      () => secret,
      (received) => heard.push(received),
    );
  });
  afterAll(() => server.close());

  const post = async (text: string, headers: Record<string, string>) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
    return (await fetch(url, { method: "POST", body: text, headers })).status;
  };

  test("takes what we signed just now", async () => {
    expect(await post(body, signedAt(Date.now()))).toBe(200);
    expect(heard.splice(0)).toMatchObject([{ id: "evt_1", type: "order.placed" }]);
  });

  test("refuses what was changed, what is old and what nobody signed", async () => {
    expect(await post(body.replace("5900", "1"), signedAt(Date.now()))).toBe(401);
    expect(await post(body, signedAt(Date.now() - 10 * 60_000))).toBe(401);
    expect(await post(body, {})).toBe(401);
    expect(heard).toEqual([]);
  });

  test("prints what it has verified, started by itself", async () => {
    const command = fileURLToPath(new URL("../../infra/local/demo/receive.ts", import.meta.url));
    const child = spawn(process.execPath, [command, secret, "0"]);
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const [url = ""] = String((await lines.next()).value).split(" ");
      const answer = await fetch(url, { method: "POST", body, headers: signedAt(Date.now()) });
      expect(answer.status).toBe(200);
      expect(JSON.parse(String((await lines.next()).value))).toEqual(JSON.parse(body));
    } finally {
      child.kill();
    }
  });

  test("can be copied as it is: 30 lines that lean on Node and one package", () => {
    const text = readFileSync(new URL("../../infra/local/demo/receiver.ts", import.meta.url), "utf8");
    const sources = [...text.matchAll(/from "([^"]+)"/g)].map(([, source = ""]) => source);
    expect(sources.filter((source) => !source.startsWith("node:"))).toEqual(["standardwebhooks"]);
    expect(text.trim().split("\n").length).toBeLessThanOrEqual(30);
  });
});
