import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openShop } from "#infra/local/demo/shop.ts";
import { type Laptop, startLaptop } from "#infra/local/laptop.ts";
import { localEnv, writeLocalEnv } from "#infra/local/local-env.ts";
import { listenToJourneys } from "./documented.ts";
import { filesIn, leaksIn } from "./leaks.ts";
import { sharedAssembly } from "./share-assembly.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The shell lines of a section, block by block, as a newcomer would paste them one after the other. */
const shellOf = (text: string, heading: string): string[] => {
  const section = text.split(/^## /m).find((each) => each.startsWith(heading)) ?? "";
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, lines = ""]) => lines);
};
const buying = shellOf(readme, "Buy something by hand");

describe("the README", () => {
  let laptop: Laptop;
  const { overhear, expectDocumented } = listenToJourneys();
  const directory = mkdtempSync(join(tmpdir(), "readme-"));
  const local = join(directory, ".local");

  beforeAll(async () => {
    const kept = { data: join(directory, "data"), log: join(directory, "log"), zone: join(local, "zone") };
    laptop = await startLaptop({ schedules: false, assembly: await sharedAssembly(), overhear, ...kept });
    const shop = await openShop({ operator: laptop.operate, storeApi: laptop.cloud.urls.storeApi });
    writeLocalEnv(local, localEnv(laptop, shop));
  });
  afterAll(async () => {
    await laptop?.stop();
    const left = filesIn(directory).filter(({ name }) => !name.endsWith(".local/env"));
    rmSync(directory, { recursive: true, force: true });
    expect(leaksIn(left, ["Lovelace", "ada@example.com", "Invalidenstr"])).toEqual([]);
    expectDocumented();
  });

  const answersTo = async (lines: readonly string[]) => {
    const script = ["set -euo pipefail", ...lines].join("\n");
    const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: directory });
    return stdout.split(/(?<=\})\s*(?=\{)/).map((text) => JSON.parse(text));
  };

  test("buys something with the lines it prints, in their order", async () => {
    expect(await answersTo(buying)).toMatchObject([
      { products: [{ id: "mug-blue" }, { id: "mug-last" }] },
      {
        status: "ready_for_payment",
        totals: expect.arrayContaining([expect.objectContaining({ amount: 4_290 })]),
      },
      { status: "completed", order: { id: expect.stringMatching(/^ord_/) } },
      { orders: [{ total: 4_290 }] },
      { secret: expect.stringMatching(/^whsec_/) },
      { eventId: expect.stringMatching(/^evt_we-/) },
    ]);
  });

  test("verifies a domain by DNS with the lines that its own page prints", async () => {
    const page = readFileSync(join(root, "functions/domain/README.md"), "utf8");
    const [helpers = ""] = buying;
    expect(await answersTo([helpers, ...shellOf(page, "Verify one by hand")])).toMatchObject([
      { domain: "tea.example.org", status: "verified", method: "dns" },
    ]);
  });

  test("teaches keys that nobody else has", () => {
    const keys = [...readme.matchAll(/Idempotency-Key: ([^"]+)"/g)].map(([, key]) => key);
    expect(keys).toEqual(["$(uuid)", "$(uuid)", "complete-$SESSION", "$(uuid)", "$(uuid)"]);
  });

  test("names no file that is not there", () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path ?? "");
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("names no command that is not there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script ?? "");
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});
