import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { authority, expired, good, other, selfSigned } from "./certificates.ts";

const servers: ReturnType<typeof createServer>[] = [];
const folder = mkdtempSync(join(tmpdir(), "outbound-tls-"));
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const serve = async (options: ServerOptions): Promise<string> => {
  const server = createServer(options, (_, response) => response.end("hello"));
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
};

const script = `
import { outbound } from "#functions/runtime/outbound.ts";
const dial = outbound("loopback", async () => [{ address: "127.0.0.1", family: 4 }]);
const wanted = { method: "GET", headers: {}, timeoutMs: 5000, maxResponseBytes: 99 };
for (const url of process.argv.slice(1)) {
  const result = await dial({ ...wanted, url });
  console.log(result.answered ? Buffer.from(result.body).toString() : result.reason);
}`;

/** In a process of its own, which trusts the test's authority beside the usual ones; Node reads that when it starts. */
const dialAll = async (urls: readonly string[], environment: Record<string, string> = {}) => {
  const trusted = join(folder, "authority.pem");
  writeFileSync(trusted, authority);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", script, "--", ...urls],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted, ...environment }, timeout: 60_000 },
  );
  return stdout.trim().split("\n");
};

test("trusts a good certificate, and none that is expired, for another name, signed by itself or under TLS 1.1", async () => {
  const urls = [
    await serve(good),
    await serve(expired),
    await serve(other),
    await serve(selfSigned),
    await serve({ ...good, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
  ];
  expect(await dialAll(urls)).toEqual(["hello", "tls", "tls", "tls", "tls"]);
});

test("takes no way that the environment names: no proxy, and no certificate unchecked", async () => {
  const environment = {
    HTTPS_PROXY: "http://127.0.0.1:9",
    HTTP_PROXY: "http://127.0.0.1:9",
    ALL_PROXY: "http://127.0.0.1:9",
    NODE_USE_ENV_PROXY: "1",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
  };
  expect(await dialAll([await serve(good), await serve(expired)], environment)).toEqual(["hello", "tls"]);
});
