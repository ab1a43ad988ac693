import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mintLicenseKey } from "#functions/access/license-key.ts";
import { minutes } from "#functions/values/clock.ts";
import { openShop } from "#infra/local/demo/shop.ts";
import { type Laptop, startLaptop } from "#infra/local/laptop.ts";
import { synthesize } from "#infra/local/synth.ts";
import { forgedFrom } from "#test/access/house.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { type Prepare, type RefusalKind, refusals } from "./refusals.ts";

const keysEach = 16;
const root = join(import.meta.dirname, "../..");
const random = seededBytes(3);
let turn = 0;

/** The same over HTTP: gateway, authorizer in its own thread, a table on disk. */
export const refusalsOverHttp = async (): Promise<{ prepare: Prepare; stop(): Promise<void> }> => {
  const assembly = mkdtempSync(join(tmpdir(), "agentic-checkout-refusals-"));
  await synthesize(join(root, "infra/app.ts"), assembly, root);
  const laptop = await startLaptop({ schedules: false, assembly });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = await keysOn(laptop);
  return {
    prepare: (kind) => {
      turn += 1;
      const key = headers[kind][Math.floor(turn / refusals.length) % keysEach] ?? "";
      return async () => {
        const status = await statusOf(laptop.cloud.urls.agentApi, agent, key);
        if (status !== 401) throw new Error(`a key that is ${kind} was answered ${status}`);
      };
    },
    stop: async () => {
      agent.destroy();
      await laptop.stop();
      rmSync(assembly, { recursive: true, force: true });
    },
  };
};

type Issued = { readonly key: string; readonly keyId: string };

const keysOn = async (laptop: Laptop): Promise<Record<RefusalKind, string[]>> => {
  const { storeId } = await openShop({ operator: laptop.operate, storeApi: laptop.cloud.urls.storeApi });
  const several = async (make: () => Promise<string>) => {
    const keys: string[] = [];
    while (keys.length < keysEach) keys.push(await make());
    return keys;
  };
  const issue = (more: object = {}) =>
    laptop.operate({
      command: "issue-key",
      storeId,
      role: "agent",
      principal: "timed",
      ...more,
    }) as Promise<Issued>;
  const end = new Date(Date.now() + minutes(30)).toISOString();
  const keys = {
    unknown: await several(async () => mintLicenseKey(false, random).text),
    "wrong secret": await several(async () => forgedFrom((await issue()).keyId, random)),
    revoked: await several(async () => {
      const { key, keyId } = await issue();
      await laptop.operate({ command: "revoke-key", keyId });
      return key;
    }),
    expired: await several(async () => (await issue({ expiresAt: end })).key),
    "wrong mode": await several(async () => forgedFrom((await issue()).keyId, random, true)),
  };
  laptop.cloud.advance(minutes(31));
  return keys;
};

const statusOf = (api: string, agent: Agent, key: string): Promise<number> =>
  new Promise((answered, failed) => {
    const asked = request(
      `${api}/checkout_sessions/chk_${"0".repeat(26)}`,
      { agent, headers: { authorization: `Bearer ${key}`, "api-version": "2026-04-17" } },
      (response) => {
        response.resume();
        response.once("end", () => answered(response.statusCode ?? 0));
      },
    );
    asked.once("error", failed);
    asked.end();
  });
