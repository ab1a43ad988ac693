import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kmsKeyWrapper } from "#functions/privacy/envelope.client.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { newId } from "#functions/values/id.ts";

/** As much of KMS as wraps keys: it remembers, and wants the context back that it was given. */
type Ask = { KeyId: string; CiphertextBlob?: string; EncryptionContext?: object };
const kept = new Map<string, { context: string; plaintext: string }>();
const asked: (Ask & { action: string })[] = [];
let mood: "well" | "failing" | "silent" = "well";

const answer = (action: string, ask: Ask): object | undefined => {
  const context = JSON.stringify(ask.EncryptionContext);
  if (action === "GenerateDataKey") {
    const CiphertextBlob = randomBytes(64).toString("base64");
    kept.set(CiphertextBlob, { context, plaintext: randomBytes(32).toString("base64") });
    return { KeyId: ask.KeyId, CiphertextBlob, Plaintext: kept.get(CiphertextBlob)?.plaintext };
  }
  const found = kept.get(ask.CiphertextBlob ?? "");
  return found?.context === context ? { KeyId: ask.KeyId, Plaintext: found.plaintext } : undefined;
};

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const action = String(request.headers["x-amz-target"]).replace("TrentService.", "");
    const ask = JSON.parse(Buffer.concat(parts).toString()) as Ask;
    asked.push({ action, ...ask });
    if (mood === "silent") return;
    const body = mood === "failing" ? undefined : answer(action, ask);
    const status = { well: 400, failing: 500, silent: 500 }[mood];
    response.writeHead(body ? 200 : status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body ?? { __type: "InvalidCiphertextException" }));
  });
});

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const aStoreId = () => newId("store", (count) => new Uint8Array(randomBytes(count)));
const wrapper = () => kmsKeyWrapper(environmentOf({ PEOPLE_KEY_ARN: "arn:people" }));

test("a store key is bound to its store, under the people key", async () => {
  mood = "well";
  const [storeId, other] = [aStoreId(), aStoreId()];
  const kms = wrapper();
  const wrapped = await kms.generate(storeId);
  const key = await kms.unwrap(storeId, wrapped);
  expect(key).toHaveLength(32);
  expect(Buffer.from(key).toString("base64")).toBe([...kept.values()].at(-1)?.plaintext);
  expect(asked.map(({ action, KeyId, EncryptionContext }) => [action, KeyId, EncryptionContext])).toEqual([
    ["GenerateDataKey", "arn:people", { storeId }],
    ["Decrypt", "arn:people", { storeId }],
  ]);
  await expect(kms.unwrap(other, wrapped)).rejects.toThrow();
});

test("a KMS that fails or keeps silent fails the call within the seconds a checkout has", async () => {
  mood = "failing";
  await expect(wrapper().generate(aStoreId())).rejects.toThrow();
  mood = "silent";
  const began = Date.now();
  await expect(wrapper().unwrap(aStoreId(), new Uint8Array(64))).rejects.toThrow();
  expect(Date.now() - began).toBeLessThan(6_000);
});
