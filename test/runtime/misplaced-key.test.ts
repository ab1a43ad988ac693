import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mintLicenseKey } from "#functions/access/license-key.ts";
import { fingerprintOf, licenseKeysIn } from "#functions/runtime/license-key-text.ts";
import { keysInBody } from "#functions/runtime/misplaced-key.ts";
import { effort, seed } from "#test/effort.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { aBasket, aShop, create } from "./a-shop.ts";

const { text: key, publicId } = mintLicenseKey(true, seededBytes(7));

test("a key in a body is refused by 400 that does not repeat it, at any depth and however it is written", async () => {
  const escaped = [...key].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  for (const body of [
    { ...aBasket, note: key },
    { ...aBasket, extra: [{ deep: { deeper: [`Bearer ${key}`] } }] },
    { ...aBasket, [key]: true },
    `{"note":"${escaped}"}`,
    `{"note":"${key}"`,
    `note=${key}&x=1`,
  ]) {
    const shop = aShop();
    const answer = await callApi(shop.handler, create(body));
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      expect.objectContaining({ code: "license_key_exposed" }),
    ]);
    expect(answer.text).not.toContain(key.slice(20));
    expect(shop.commands).toEqual([]);
    const reports = shop.platform.table.rows("commerce");
    expect(reports.map(({ keyId, fingerprint }) => [keyId, fingerprint])).toEqual([
      [publicId, fingerprintOf(key)],
    ]);
    expect(JSON.stringify([reports, shop.platform.logged])).not.toContain(key.slice(20));
  }
});

test("a key is found wherever it stands in a JSON body, and nothing else is taken for one", () => {
  const near = fc.oneof(
    fc.constant(key),
    fc.nat(key.length - 1).map((end) => key.slice(0, end)),
    fc.nat(key.length - 1).map((at) => `${key.slice(0, at)}-${key.slice(at + 1)}`),
    fc.nat(60).map((at) => key.slice(0, 8 + at) + (key[8 + at] === "x" ? "y" : "x") + key.slice(9 + at)),
  );
  const leaf = fc.tuple(fc.string({ maxLength: 5 }), near, fc.string({ maxLength: 5 }));
  fc.assert(
    fc.property(leaf, fc.array(fc.string(), { maxLength: 6 }), ([before, text, after], path) => {
      const value = path.reduce<unknown>((inner, name) => ({ [name]: [inner] }), before + text + after);
      const found = keysInBody(JSON.stringify(value)).map((each) => each.text);
      // What stands beside it may be the very part that is missing.
      expect(found).toEqual(`${before}${text}${after}`.includes(key) ? [key] : []);
    }),
    { numRuns: effort(100_000), seed: seed(45) },
  );
});

test("no key is in the project's own files, and one would be found", () => {
  const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0").filter(Boolean);
  expect(files.length).toBeGreaterThan(300);
  expect(licenseKeysIn(`const key = "${key}";`)).toHaveLength(1);
  const held = files.filter((file) => {
    try {
      return licenseKeysIn(readFileSync(file, "utf8")).length > 0;
    } catch {
      return false;
    }
  });
  expect(held).toEqual([]);
});
