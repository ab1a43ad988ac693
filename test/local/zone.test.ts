import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { txtReader } from "#functions/runtime/outbound-dns.ts";
import { startResolvers } from "#infra/local/zone.ts";
import { temporary } from "./fixture-cloud.ts";

const opened: { stop(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.stop();
  vi.restoreAllMocks();
});

const resolversOf = async (file?: string) => {
  const resolvers = await startResolvers(file);
  opened.push(resolvers);
  return txtReader(resolvers.addresses.split(","));
};

const both = (answer: unknown) => [answer, answer];

it("tells what the file says by now, whoever wrote it: a dot, other letters, several strings and records", async () => {
  const file = join(temporary(), "zone");
  const read = await resolversOf(file);
  expect(await read("_proof.tea.example.org")).toEqual(both({ records: [] }));
  writeFileSync(file, '; mine\n\n_proof.Tea.example.org. IN TXT "to" "ken"\n');
  expect(await read("_proof.tea.example.org")).toEqual(both({ records: ["token"] }));
  appendFileSync(file, '_proof.tea.example.org TXT "another"\nother.example.org TXT "not asked for"\n');
  expect(await read("_proof.tea.example.org")).toEqual(both({ records: ["token", "another"] }));
});

it("fails for all names where a line can't be read, and says which", async () => {
  const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const file = join(temporary(), "zone");
  writeFileSync(file, 'a.example.org TXT "fine"\nb.example.org A 127.0.0.1\n');
  expect(await (await resolversOf(file))("a.example.org")).toEqual(both("unknown"));
  expect(String(complaint.mock.calls[0]?.[1])).toContain("b.example.org A 127.0.0.1");
});

it("knows no name without a file", async () => {
  expect(await (await resolversOf())("a.example.org")).toEqual(both({ records: [] }));
});
